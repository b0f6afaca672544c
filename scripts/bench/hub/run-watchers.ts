import type { BenchChild } from '../child-process.ts'
import type { Figure, Section } from '../figure.ts'
import { counted, runtimeName } from '../groups.ts'
import { runInTurn, warmUp, type Lane, type Rounds } from '../interleaved.ts'
import { median, spreadOf } from '../statistics.ts'
import type { Runtime } from '../variant.ts'
import { processorTime } from './processor-time.ts'
import type { Server, ServerRoom } from './server-room.ts'
import type { WatchJob, WatchRound } from './watched-session.ts'

interface Watching {
  readonly name: string
  readonly runtime: Runtime
}

interface WatchLane extends Lane<Watching, WatchRound> {
  readonly server: Server
  readonly child: BenchChild
}

const DOCUMENT_BYTES = 2000

export async function runWatchers(
  servers: ServerRoom,
  runtimes: readonly Runtime[],
  { listeners, plan }: { readonly listeners: number; readonly plan: Rounds },
): Promise<readonly Section[]> {
  const tell = (line: string): void => servers.room.tell(`watchers: ${line}`)
  const lanes: WatchLane[] = []
  try {
    for (const runtime of runtimes) {
      tell(`connecting ${counted(listeners)} listeners, ${runtimeName(runtime)}`)
      lanes.push(await open(servers, runtime, listeners))
    }
    for (const lane of lanes) await warmUp(lane, plan)
    await runInTurn(lanes, plan, tell)
  } finally {
    for (const { server, child } of lanes) {
      await child.kill()
      await server.process[Symbol.asyncDispose]()
    }
  }
  const about = `One session, ${counted(listeners)} clients that listen to its changes, and one that writes it: the next write goes out when the one before is acknowledged, and no sooner than all listeners together are at most eight writes behind. Every listener gets every version once and in order. The listeners are in one process, which has to read them all.`
  return [
    { title: `One session with ${counted(listeners)} listeners`, about, figures: lanes.flatMap(figuresOf) },
  ]
}

async function open(servers: ServerRoom, runtime: Runtime, listeners: number): Promise<WatchLane> {
  const server = await servers.hub(runtime, await servers.home())
  const { url, token } = server
  const job: WatchJob = { url, token, listeners, pid: server.process.pid, documentBytes: DOCUMENT_BYTES }
  const child = servers.room.child('hub/watch-child.js', job)
  await child.hear<object>()
  const variant = { name: runtimeName(runtime), runtime }
  const round = (milliseconds: number): Promise<WatchRound> => child.ask<WatchRound>(String(milliseconds))
  return { member: { variant, block: runtime, against: [] }, server, child, rounds: [], round }
}

function figuresOf({ member, rounds }: WatchLane): Figure[] {
  const { name, runtime } = member.variant
  const common = { block: runtime, ratios: [], family: 'holdfast' } as const
  return [
    {
      ...common,
      name: `Events delivered, ${name}`,
      unit: 'events/s',
      value: spreadOf(rounds.map((round) => round.events / round.seconds)),
      ...processorTime(rounds.map((round) => ({ ...round, count: round.events }))),
    },
    {
      ...common,
      name: `Acks of the writer meanwhile, ${name}`,
      unit: 'acks/s',
      value: spreadOf(rounds.map((round) => round.writes / round.seconds)),
      latencyMs: {
        p50: median(rounds.map((round) => round.p50Ms)),
        p99: median(rounds.map((round) => round.p99Ms)),
      },
      cpuMicros: null,
    },
  ]
}
