import { spawnSync } from 'node:child_process'
import { findPeerProgram } from '../../peers/peer-program.ts'
import { repositoryRoot } from '../../repository.ts'
import { killAllOnExit } from '../../torture/child-process.ts'
import { BenchRoom } from '../bench-room.ts'
import { killChildrenOnExit } from '../child-process.ts'
import { machineFacts, type Fact } from '../environment.ts'
import type { Figure, Section } from '../figure.ts'
import { findCommands, runtimesOf, type Commands } from '../find-commands.ts'
import { judge, type Goal, type Judged } from '../goal.ts'
import { runtimeName } from '../groups.ts'
import type { Rounds } from '../interleaved.ts'
import type { Report } from '../report.ts'
import { runFacts } from '../run-facts.ts'
import type { Suite, SuiteOptions } from '../suite.ts'
import type { Runtime } from '../variant.ts'
import { FEW_SESSIONS, hubGoals, MANY_SESSIONS, MANY_SOCKETS } from './hub-goals.ts'
import { runHubStart } from './run-hub-start.ts'
import { runIdle, type IdlePlan } from './run-idle.ts'
import { runWatchers } from './run-watchers.ts'
import { runWrites } from './run-writes.ts'
import { ServerRoom } from './server-room.ts'
import { patchesGroup, replacesGroup, sessionsGroup } from './write-groups.ts'

interface Plan {
  readonly rounds: Rounds
  readonly idle: IdlePlan
  readonly listeners: number
  /** Few and many; null where the groups that need many are left out. */
  readonly stored: readonly [few: number, many: number] | null
}

const FULL: Plan = {
  rounds: { count: 9, milliseconds: 1000, warmUpWrites: 30_000, warmUpMs: 4000 },
  idle: { sockets: MANY_SOCKETS, hubs: 3, steadyMs: 25_000 },
  listeners: 1000,
  stored: [FEW_SESSIONS, MANY_SESSIONS],
}
const QUICK: Plan = {
  rounds: { count: 3, milliseconds: 400, warmUpWrites: 15_000, warmUpMs: 2000 },
  idle: { sockets: 1000, hubs: 1, steadyMs: 3000 },
  listeners: 1000,
  stored: null,
}

const GROUPS = ['patches', 'replaces', 'sessions', 'watchers', 'idle', 'start'] as const
type GroupName = (typeof GROUPS)[number]

interface Peer {
  readonly program: string | null
  readonly fact: Fact
}

function findPeer(): Peer {
  const name = 'Peer hub'
  const found = findPeerProgram(repositoryRoot())
  if (found.kind === 'installed') return { program: found.path, fact: { name, text: found.name } }
  return { program: null, fact: { name, text: `left out, it could not be installed: ${found.why}` } }
}

function runtimeFacts(commands: Commands): Fact[] {
  return runtimesOf(commands).map((runtime) => {
    const done = spawnSync(commands[runtime] ?? '', ['--version'], { encoding: 'utf8' })
    return { name: runtimeName(runtime), text: done.stdout.trim().replace(/^v/, '') }
  })
}

async function run(options: SuiteOptions): Promise<Report> {
  killChildrenOnExit()
  killAllOnExit()
  const commands = findCommands()
  const runtimes = runtimesOf(commands)
  const peer = findPeer()
  for (const line of [
    commands.bun === null ? 'Bun is not installed.' : '',
    peer.program === null ? peer.fact.text : '',
  ])
    if (line !== '') options.tell(line)
  const room = new BenchRoom(commands, options.parent, options.tell)
  // Also when a signal ends the run; after the children, which write there.
  process.once('exit', () => room.remove())
  const started = new Date()
  const plan = options.quick ? QUICK : FULL
  try {
    const facts = machineFacts(room.folder)
    const servers = new ServerRoom(room, peer.program)
    const sections = await runAll(servers, plan, {
      runtimes,
      only: options.only,
      hasPeer: peer.program !== null,
    })
    const figures = sections.flatMap((section) => section.figures)
    return {
      title: 'How fast the hub is',
      facts: [...runFacts(options, plan.rounds, started), ...facts, ...runtimeFacts(commands), peer.fact],
      goals: judged(hubGoals(runtimes), figures, options.only.length > 0),
      sections,
    }
  } finally {
    room.remove()
  }
}

/** Where only some groups were run, the goals of the others say nothing. */
function judged(goals: readonly Goal[], figures: readonly Figure[], isPart: boolean): Judged[] {
  const all = goals.map((goal) => judge(goal, figures))
  return isPart ? all.filter(({ verdict }) => verdict !== 'not measured') : all
}

interface Choice {
  readonly runtimes: readonly Runtime[]
  readonly only: readonly string[]
  readonly hasPeer: boolean
}

async function runAll(
  servers: ServerRoom,
  plan: Plan,
  { runtimes, only, hasPeer }: Choice,
): Promise<Section[]> {
  const { rounds, stored, listeners } = plan
  const wanted = (name: GroupName): boolean => only.length === 0 || only.includes(name)
  const sections: Section[] = []
  for (const runtime of runtimes) {
    if (wanted('patches'))
      sections.push(...(await runWrites(servers, patchesGroup(runtime, hasPeer), rounds)))
    if (wanted('replaces'))
      sections.push(...(await runWrites(servers, replacesGroup(runtime, hasPeer), rounds)))
  }
  if (wanted('sessions') && stored !== null)
    sections.push(...(await runWrites(servers, sessionsGroup(stored), rounds)))
  if (wanted('watchers'))
    sections.push(...(await runWatchers(servers, runtimes, { listeners, plan: rounds })))
  if (wanted('idle')) sections.push(...(await runIdle(servers, runtimes, plan.idle)))
  if (wanted('start') && stored !== null) sections.push(...(await runHubStart(servers, runtimes, stored[1])))
  return sections
}

/** The hub as clients meet it: its doors, on a wire. */
export const hubSuite: Suite = {
  about: 'acknowledged writes per second through the door, against a server that only acks and the peer hub',
  minutes: { quick: 'two minutes', whole: 'half an hour' },
  groups: GROUPS,
  run,
}
