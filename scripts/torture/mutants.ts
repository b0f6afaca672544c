import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bench } from './bench.ts'
import { makeMutantLayout } from './layout.ts'
import type { TortureMutant } from './mutant-list.ts'
import type { Scenario } from './scenario.ts'

export interface MutantVerdict {
  readonly caught: boolean
  readonly text: string
}

/** Runs a small part of the mutant's scenario on a build with the mistake in it, and demands that it is seen as such. */
export async function tryMutant(
  bench: Bench,
  mutant: TortureMutant,
  scenario: Scenario,
): Promise<MutantVerdict> {
  const layout = makeMutantLayout(bench, mutant)
  const runtimes = bench.runtimes.filter(({ name }) => mutant.runtimes.includes(name))
  const { findings } = await scenario.run(bench, { layout, runtimes, reduced: true })
  rmSync(dirname(layout.programs), { recursive: true, force: true })
  const seen = findings.find(({ kind }) => mutant.seenAs.includes(kind))
  if (seen !== undefined)
    return { caught: true, text: `caught by ${scenario.name}: ${seen.what.slice(0, 160)}` }
  const others = findings.map(({ kind, what }) => `${kind}: ${what.slice(0, 300)}`).slice(0, 5)
  const found = others.length === 0 ? 'found nothing' : `found only ${others.join('; ')}`
  return { caught: false, text: `SURVIVED: ${scenario.name} ${found}` }
}
