import type { BenchChild } from '../child-process.ts'
import type { Figure, Section } from '../figure.ts'
import type { Group, Member } from '../group.ts'
import { ratiosOf, runInTurn, speed, warmUp, type Lane, type Rounds } from '../interleaved.ts'
import { median, spreadOf } from '../statistics.ts'
import { isFilled, type Contender } from './contender.ts'
import type { LoadCommand } from './load-child.ts'
import type { LoadJob, LoadRound } from './load-target.ts'
import { processorTime } from './processor-time.ts'
import type { Server, ServerRoom } from './server-room.ts'
import { untilQuiet } from './until-quiet.ts'

interface WriteLane extends Lane<Contender, LoadRound> {
  readonly server: Server
}

/** Runs one group: every server in a process of its own, and the clients of all of them in another. */
export async function runWrites(
  servers: ServerRoom,
  group: Group<Contender>,
  plan: Rounds,
): Promise<readonly Section[]> {
  const tell = (line: string): void => servers.room.tell(`${group.name}: ${line}`)
  tell(`preparing ${group.members.length} servers`)
  const load = servers.room.child('hub/load-child.js', {})
  const lanes: WriteLane[] = []
  try {
    for (const member of group.members) lanes.push(await open(servers, load, member))
    for (const { server } of lanes) await untilQuiet(server.process.pid)
    tell('warming up')
    for (const lane of lanes) await warmUp(lane, plan)
    await runInTurn(restingBetween(lanes), plan, tell)
    await load.end()
  } finally {
    await load.kill()
    for (const { server } of lanes) await server.process[Symbol.asyncDispose]()
  }
  const { title, about } = group
  return [{ title, about, figures: lanes.map((lane) => figureOf(lane, lanes)) }]
}

/**
 * A server that is not measured is stopped, so that what it does by itself, such as pruning, falls into its own rounds and
 * into nobody else's. Clients wait for heartbeats longer than two turns take.
 */
function restingBetween(lanes: readonly WriteLane[]): WriteLane[] {
  return lanes.map((lane) => {
    const { process } = lane.server
    process.signal('SIGSTOP')
    const round = async (milliseconds: number): Promise<LoadRound> => {
      process.signal('SIGCONT')
      try {
        return await lane.round(milliseconds)
      } finally {
        process.signal('SIGSTOP')
      }
    }
    return { ...lane, round }
  })
}

async function open(servers: ServerRoom, load: BenchChild, member: Member<Contender>): Promise<WriteLane> {
  const contender = member.variant
  if (isFilled(contender)) await servers.room.filled(contender.sessions)
  const server = await servers.start(contender)
  const { url, token } = server
  const ask = async <Answer>(command: LoadCommand): Promise<Answer> => {
    try {
      return await load.ask<Answer>(JSON.stringify(command))
    } catch (error) {
      const said = server.process.output.slice(-1000)
      throw new Error(`${contender.name} could not be measured; its server said:\n${said}`, { cause: error })
    }
  }
  const job: LoadJob = { contender, url, token, pid: server.process.pid }
  await ask({ do: 'open', job })
  const round = (milliseconds: number): Promise<LoadRound> =>
    ask({ do: 'round', name: contender.name, milliseconds })
  return { member, server, rounds: [], round }
}

function figureOf(lane: WriteLane, all: readonly WriteLane[]): Figure {
  const { member, rounds } = lane
  return {
    name: member.variant.name,
    block: member.block,
    unit: 'acks/s',
    value: spreadOf(rounds.map(speed)),
    latencyMs: {
      p50: median(rounds.map((round) => round.p50Ms)),
      p99: median(rounds.map((round) => round.p99Ms)),
    },
    ...processorTime(rounds.map((round) => ({ ...round, count: round.writes }))),
    ratios: ratiosOf(lane, all),
    family: member.variant.server,
  }
}
