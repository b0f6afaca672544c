import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'
import { BenchRoom, type Commands } from './bench-room.ts'
import { killChildrenOnExit } from './child-process.ts'
import { machineFacts, runtimeFacts } from './environment.ts'
import type { Section } from './figure.ts'
import { allGroups, START, type Scale } from './groups.ts'
import type { Report } from './report.ts'
import { runGroup, type Rounds } from './run-group.ts'
import { runStart } from './run-start.ts'
import type { About, Runtime } from './variant.ts'

export interface StoreSuiteOptions {
  readonly quick: boolean
  /** The groups to run; all where it is empty. */
  readonly only: readonly string[]
  /** Where the temporary folder is made. */
  readonly parent: string | undefined
  /** As it was typed, for the report. */
  readonly command: string
  readonly tell: (line: string) => void
}

const FULL = {
  rounds: { count: 5, milliseconds: 2000, warmUpWrites: 30_000, warmUpMs: 4000 },
  stored: [1_000, 100_000, 1_000_000],
}
const QUICK = {
  rounds: { count: 3, milliseconds: 200, warmUpWrites: 8_000, warmUpMs: 1500 },
  stored: [1_000, 20_000],
}

function findCommands(): Commands {
  const bun = join(repositoryRoot(), 'node_modules', '.bin', 'bun')
  if (process.versions['bun'] !== undefined) return { node: 'node', bun: process.execPath }
  return { node: process.execPath, bun: existsSync(bun) ? bun : null }
}

export async function runStoreSuite(options: StoreSuiteOptions): Promise<Report> {
  killChildrenOnExit()
  const { rounds, stored } = options.quick ? QUICK : FULL
  const commands = findCommands()
  const runtimes: Runtime[] = commands.bun === null ? ['node'] : ['node', 'bun']
  if (commands.bun === null) options.tell('Bun is not installed: only Node is measured.')
  const room = new BenchRoom(commands, options.parent, options.tell)
  // Also when a signal ends the run; after the children, which write there.
  process.once('exit', () => room.remove())
  const started = new Date()
  try {
    const facts = machineFacts(room.folder)
    const scale: Scale = {
      runtimes,
      closely: options.quick ? ['node'] : runtimes,
      storedSessions: stored,
    }
    const { sections, abouts } = await runAll(room, { scale, rounds, only: options.only })
    const minutes = (Date.now() - started.getTime()) / 60_000
    const run = `${started.toISOString().slice(0, 10)}, ${minutes.toFixed(1)} minutes, ${rounds.count} rounds of ${rounds.milliseconds / 1000} s each`
    return {
      title: 'How fast the store is',
      facts: [
        { name: 'Run', text: options.quick ? `${run} (a quick run: rough numbers)` : run },
        { name: 'Command', text: options.command },
        ...facts,
        ...runtimeFacts(abouts),
      ],
      sections,
    }
  } finally {
    room.remove()
  }
}

interface Plan {
  readonly scale: Scale
  readonly rounds: Rounds
  readonly only: readonly string[]
}

async function runAll(
  room: BenchRoom,
  { scale, rounds, only }: Plan,
): Promise<{ sections: Section[]; abouts: About[] }> {
  const wanted = (name: string): boolean => only.length === 0 || only.includes(name)
  const sections: Section[] = []
  const abouts: About[] = []
  const take = (done: { sections: readonly Section[]; abouts: readonly About[] }): void => {
    sections.push(...done.sections)
    abouts.push(...done.abouts)
  }
  for (const group of allGroups(scale)) if (wanted(group.name)) take(await runGroup(room, group, rounds))
  if (wanted(START)) take(await runStart(room, scale.runtimes, scale.storedSessions.at(-1) ?? 0))
  return { sections, abouts }
}
