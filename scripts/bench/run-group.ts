import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { BenchRoom } from './bench-room.ts'
import { BenchChild } from './child-process.ts'
import type { Figure, Section } from './figure.ts'
import type { Group, Member } from './group.ts'
import { ratiosOf, runInTurn, speed, warmUp, type Lane, type Rounds } from './interleaved.ts'
import type { RoundJob } from './round-child.ts'
import { median, spreadOf } from './statistics.ts'
import type { About, Round, Variant } from './variant.ts'

interface StoreLane extends Lane<Variant, Round> {
  readonly child: BenchChild
  readonly about: About
}

/** A store with more sessions than writers is filled once and copied. */
function isFilled({ sessions, writers }: Variant): boolean {
  return sessions > writers
}

async function prepare(room: BenchRoom, folder: string, member: Member<Variant>): Promise<StoreLane> {
  const { variant } = member
  const database = join(folder, 'holdfast.db')
  const filled = isFilled(variant)
  if (filled) await room.copyOf(variant.sessions, database)
  const job: RoundJob = { variant, database, filled }
  const child = new BenchChild(room.command(variant.runtime), 'round-child.js', job)
  const about = await child.hear<About>()
  const round = (milliseconds: number): Promise<Round> => child.ask<Round>(String(milliseconds))
  return { member, child, about, rounds: [], round }
}

/** Runs one group: every variant in a process of its own, one round each in turn. */
export async function runGroup(
  room: BenchRoom,
  group: Group<Variant>,
  plan: Rounds,
): Promise<{ sections: readonly Section[]; abouts: readonly About[] }> {
  const tell = (line: string): void => room.tell(`${group.name}: ${line}`)
  const { members } = group
  tell(`preparing ${members.length} processes`)
  for (const { variant } of members) if (isFilled(variant)) await room.filled(variant.sessions)
  const folders = members.map(() => room.newFolder())
  const lanes = await Promise.all(members.map((member, at) => prepare(room, folders[at] ?? '', member)))
  tell('warming up')
  await warmUpAll(lanes, plan)
  await runInTurn(lanes, plan, tell)
  await Promise.all(lanes.map(({ child }) => child.end()))
  for (const folder of folders) room.remove(folder)
  const figures = lanes.map((lane) => figureOf(lane, lanes))
  const { title, about } = group
  return { sections: [{ title, about, figures }], abouts: lanes.map((lane) => lane.about) }
}

/** As many at a time as there are cores: nothing is measured yet. */
async function warmUpAll(lanes: readonly StoreLane[], plan: Rounds): Promise<void> {
  const atOnce = availableParallelism()
  for (let at = 0; at < lanes.length; at += atOnce)
    await Promise.all(lanes.slice(at, at + atOnce).map((lane) => warmUp(lane, plan)))
}

function figureOf(lane: StoreLane, all: readonly StoreLane[]): Figure {
  const { member, rounds } = lane
  return {
    name: member.variant.name,
    block: member.block,
    unit: 'writes/s',
    value: spreadOf(rounds.map(speed)),
    cpuMicros: {
      user: median(rounds.map((round) => round.userMicros / round.writes)),
      system: median(rounds.map((round) => round.systemMicros / round.writes)),
    },
    ratios: ratiosOf(lane, all),
    family: member.variant.engine,
  }
}
