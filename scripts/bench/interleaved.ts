import type { Member } from './group.ts'
import { median } from './statistics.ts'

/** What every kind of round tells. */
export interface Timed {
  readonly writes: number
  readonly seconds: number
}

/** One variant that is ready to be measured, and what was measured of it. */
export interface Lane<Variant extends { readonly name: string }, Round extends Timed> {
  readonly member: Member<Variant>
  readonly rounds: Round[]
  round(milliseconds: number): Promise<Round>
}

export interface Rounds {
  readonly count: number
  readonly milliseconds: number
  readonly warmUpWrites: number
  readonly warmUpMs: number
}

const WARM_UP_STEP_MS = 250

/** Until its code has run often enough to be compiled, or for the longest time that this may take. */
export async function warmUp(
  lane: { round(milliseconds: number): Promise<Timed> },
  { warmUpWrites, warmUpMs }: Rounds,
): Promise<void> {
  const until = performance.now() + warmUpMs
  for (let writes = 0; writes < warmUpWrites && performance.now() < until;)
    writes += (await lane.round(WARM_UP_STEP_MS)).writes
}

/** One round each in turn. Every other turn goes backwards, so that nobody always follows the same neighbour. */
export async function runInTurn<Variant extends { readonly name: string }, Round extends Timed>(
  lanes: readonly Lane<Variant, Round>[],
  { count, milliseconds }: Rounds,
  tell: (line: string) => void,
): Promise<void> {
  for (let turn = 1; turn <= count; turn += 1) {
    tell(`round ${turn} of ${count}`)
    for (const lane of turn % 2 === 1 ? lanes : lanes.toReversed())
      lane.rounds.push(await lane.round(milliseconds))
  }
}

export function speed({ writes, seconds }: Timed): number {
  return writes / seconds
}

/** What its member is held against. */
export function ratiosOf<Variant extends { readonly name: string }>(
  { member, rounds }: Lane<Variant, Timed>,
  all: readonly Lane<Variant, Timed>[],
): { value: number; word: string }[] {
  return member.against.map(({ word, name }) => {
    const other = all.find((lane) => lane.member.variant.name === name)
    if (other === undefined) throw new Error(`${name} was not measured.`)
    return { word, value: ratioOf(rounds, other.rounds) }
  })
}

/** Round by round, because two rounds that are near in time had the same noise. */
function ratioOf(rounds: readonly Timed[], others: readonly Timed[]): number {
  const ratios = rounds.flatMap((round, at) => {
    const other = others[at]
    return other === undefined ? [] : [speed(round) / speed(other)]
  })
  return median(ratios)
}
