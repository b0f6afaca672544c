import { BenchRoom } from './bench-room.ts'
import { killChildrenOnExit } from './child-process.ts'
import { machineFacts, runtimeFacts } from './environment.ts'
import type { Section } from './figure.ts'
import { findCommands, runtimesOf } from './find-commands.ts'
import { allGroups, GROUP_NAMES, START, type Scale } from './groups.ts'
import type { Rounds } from './interleaved.ts'
import type { Report } from './report.ts'
import { runGroup } from './run-group.ts'
import { runStart } from './run-start.ts'
import { runFacts } from './run-facts.ts'
import type { Suite, SuiteOptions } from './suite.ts'
import type { About } from './variant.ts'

const FULL = {
  rounds: { count: 5, milliseconds: 2000, warmUpWrites: 30_000, warmUpMs: 4000 },
  stored: [1_000, 100_000, 1_000_000],
}
const QUICK = {
  rounds: { count: 3, milliseconds: 200, warmUpWrites: 8_000, warmUpMs: 1500 },
  stored: [1_000, 20_000],
}

async function run(options: SuiteOptions): Promise<Report> {
  killChildrenOnExit()
  const { rounds, stored } = options.quick ? QUICK : FULL
  const commands = findCommands()
  const runtimes = runtimesOf(commands)
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
    return {
      title: 'How fast the store is',
      facts: [...runFacts(options, rounds, started), ...facts, ...runtimeFacts(abouts)],
      goals: [],
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

/** The store alone, without the doors before it. */
export const storeSuite: Suite = {
  about: 'durable writes per second of the store, start-up and first page',
  minutes: { quick: 'one minute', whole: 'a quarter of an hour' },
  groups: GROUP_NAMES,
  run,
}
