import type { Outside } from './outside.ts'

/** Every sign that an id may hold, in the order in which text is compared: ids sort as the numbers they stand for. */
const SIGNS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const BITS = 6

const TIME_SIGNS = 48 / BITS
const LATEST = 2 ** 48 - 1
const COUNTER_SIGNS = 12 / BITS
const COUNTER_END = 2 ** 12
const CHANCE_BYTES = 96 / 8

/**
 * Makes ids that a mutation is recognised by, however often it is sent: 48 bits of time, 12 of a counter and 96 of
 * chance, as 26 signs. Each sorts after the one before, also when the clock steps back or stands still.
 */
export class MutationIds {
  readonly #outside: Pick<Outside, 'now' | 'randomBytes'>
  #time = 0
  #counter = 0

  constructor(outside: Pick<Outside, 'now' | 'randomBytes'>) {
    this.#outside = outside
  }

  next(): string {
    this.#advance(Math.min(LATEST, Math.floor(this.#outside.now())))
    return digits(this.#time, TIME_SIGNS) + digits(this.#counter, COUNTER_SIGNS) + this.#chance()
  }

  #advance(now: number): void {
    if (now > this.#time) {
      this.#time = now
      this.#counter = 0
      return
    }
    this.#counter++
    if (this.#counter < COUNTER_END) return
    this.#time++
    this.#counter = 0
  }

  #chance(): string {
    const bits = [...this.#outside.randomBytes(CHANCE_BYTES)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
    const groups = bits.match(/.{1,6}/g) ?? []
    return groups.map((group) => SIGNS.charAt(Number.parseInt(group, 2))).join('')
  }
}

function digits(value: number, count: number): string {
  let text = ''
  for (let rest = value; text.length < count; rest = Math.floor(rest / SIGNS.length))
    text = SIGNS.charAt(rest % SIGNS.length) + text
  return text
}
