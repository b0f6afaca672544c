import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { BenchRoom } from './bench-room.ts'
import { BenchChild } from './child-process.ts'
import type { Figure, Section } from './figure.ts'
import type { Group, Member } from './groups.ts'
import type { RoundJob } from './round-child.ts'
import { median, spreadOf } from './statistics.ts'
import type { About, Round, Variant } from './variant.ts'

export interface Rounds {
  readonly count: number
  readonly milliseconds: number
  readonly warmUpWrites: number
  readonly warmUpMs: number
}

const WARM_UP_STEP_MS = 250

interface Measured {
  readonly member: Member
  readonly child: BenchChild
  readonly about: About
  readonly rounds: Round[]
}

/** A store with more sessions than writers is filled once and copied. */
function isFilled({ sessions, writers }: Variant): boolean {
  return sessions > writers
}

async function prepare(room: BenchRoom, folder: string, member: Member): Promise<Measured> {
  const { variant } = member
  const database = join(folder, 'holdfast.db')
  const filled = isFilled(variant)
  if (filled) await room.copyOf(variant.sessions, database)
  const job: RoundJob = { variant, database, filled }
  const child = new BenchChild(room.command(variant.runtime), 'round-child.js', job)
  return { member, child, about: await child.hear<About>(), rounds: [] }
}

/** Runs one group: every variant in a process of its own, one round each in turn. */
export async function runGroup(
  room: BenchRoom,
  group: Group,
  plan: Rounds,
): Promise<{ sections: readonly Section[]; abouts: readonly About[] }> {
  const { tell } = room
  const { members } = group
  tell(`${group.name}: preparing ${members.length} processes`)
  for (const { variant } of members) if (isFilled(variant)) await room.filled(variant.sessions)
  const folders = members.map(() => room.newFolder())
  const measured = await Promise.all(members.map((member, at) => prepare(room, folders[at] ?? '', member)))
  tell(`${group.name}: warming up`)
  await warmUp(measured, plan)
  for (let round = 1; round <= plan.count; round += 1) {
    tell(`${group.name}: round ${round} of ${plan.count}`)
    for (const { child, rounds } of inTurn(measured, round))
      rounds.push(await child.ask<Round>(String(plan.milliseconds)))
  }
  await Promise.all(measured.map(({ child }) => child.end()))
  for (const folder of folders) room.remove(folder)
  const figures = measured.map((one) => figureOf(one, measured))
  const { title, about } = group
  return { sections: [{ title, about, figures }], abouts: measured.map((one) => one.about) }
}

/** As many at a time as there are cores: nothing is measured yet. */
async function warmUp(measured: readonly Measured[], plan: Rounds): Promise<void> {
  const atOnce = availableParallelism()
  for (let at = 0; at < measured.length; at += atOnce)
    await Promise.all(measured.slice(at, at + atOnce).map((one) => warmUpOne(one, plan)))
}

/** Until its code has run often enough to be compiled, or for the longest time that this may take. */
async function warmUpOne({ child }: Measured, { warmUpWrites, warmUpMs }: Rounds): Promise<void> {
  const until = performance.now() + warmUpMs
  for (let writes = 0; writes < warmUpWrites && performance.now() < until;)
    writes += (await child.ask<Round>(String(WARM_UP_STEP_MS))).writes
}

/** Every other round goes backwards, so that nobody always follows the same neighbour. */
function inTurn(measured: readonly Measured[], round: number): readonly Measured[] {
  return round % 2 === 1 ? measured : measured.toReversed()
}

function speed({ writes, seconds }: Round): number {
  return writes / seconds
}

function figureOf({ member, rounds }: Measured, all: readonly Measured[]): Figure {
  const { variant, against } = member
  const ratios = against.map(({ word, name }) => {
    const other = all.find((one) => one.member.variant.name === name)
    if (other === undefined) throw new Error(`${name} was not measured.`)
    return { word, value: ratioOf(rounds, other.rounds) }
  })
  return {
    name: variant.name,
    block: member.block,
    unit: 'writes/s',
    value: spreadOf(rounds.map(speed)),
    cpuMicros: {
      user: median(rounds.map((round) => round.userMicros / round.writes)),
      system: median(rounds.map((round) => round.systemMicros / round.writes)),
    },
    ratios,
    family: variant.engine,
  }
}

/** Round by round, because two rounds that are near in time had the same noise. */
function ratioOf(rounds: readonly Round[], others: readonly Round[]): number {
  const ratios = rounds.flatMap((round, at) => {
    const other = others[at]
    return other === undefined ? [] : [speed(round) / speed(other)]
  })
  return median(ratios)
}
