// Simulates the life of a hub, of those who use it, and of the network between them, once for each seed, and says what
// was found.
import { boundLife } from '../say.ts'
import { simulate } from './simulation.ts'

export interface SimulatorSettings {
  readonly firstSeed: number
  readonly seeds: number
  readonly lifetimeMs: number
  /** Goes on after a seed that has found something. */
  readonly goesOn: boolean
  /** How much of what happened before is told. */
  readonly steps: number
}

export interface SimulatedSeed {
  readonly seed: number
  readonly findings: readonly { readonly kind: string; readonly what: string }[]
  /** The last of what happened before something was found. */
  readonly steps: readonly string[]
}

export interface SimulatorReport {
  readonly counts: { readonly [name: string]: number }
  readonly failed: readonly SimulatedSeed[]
}

async function main({ firstSeed, seeds, lifetimeMs, goesOn, steps: told }: SimulatorSettings): Promise<void> {
  boundLife(lifetimeMs)
  const counts: Record<string, number> = {}
  const failed: SimulatedSeed[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const { findings, steps, counts: counted } = await simulate(seed)
    counts['seeds'] = (counts['seeds'] ?? 0) + 1
    for (const [name, count] of Object.entries(counted)) counts[name] = (counts[name] ?? 0) + count
    if (findings.length === 0) continue
    failed.push({ seed, findings, steps: steps.slice(-told) })
    if (!goesOn) break
  }
  const report: SimulatorReport = { counts, failed }
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

await main(JSON.parse(process.argv[2] ?? '{}') as SimulatorSettings)
