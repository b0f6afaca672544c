import type { Told } from './watch-client.ts'

export interface FaultyWayParts {
  /** At least 0 and less than 1. */
  readonly random: () => number
  /** How often something happens to a message. */
  readonly rate: number
  readonly disconnect: () => void
}

const FAULTS = ['lost', 'unheard', 'twice', 'late', 'cut-before', 'cut-after'] as const

/** Loses messages, repeats them, swaps them and ends the connection, as it happens. */
export class FaultyWay {
  isFaulty = true
  readonly counts = new Map<string, number>()
  readonly #parts: FaultyWayParts
  /** One that comes after the next. */
  #late: Told | null = null

  constructor(parts: FaultyWayParts) {
    this.#parts = parts
  }

  pass(told: Told, take: (told: Told) => void): void {
    const late = this.#late
    this.#late = null
    this.#passOne(told, take)
    if (late !== null) take(late)
  }

  #passOne(told: Told, take: (told: Told) => void): void {
    const { random, rate, disconnect } = this.#parts
    const fault = this.isFaulty && random() < rate ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined
    if (fault === undefined) return take(told)
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    // The hub takes it for heard, and nobody has.
    if (fault === 'lost') return told.ack()
    if (fault === 'unheard') return
    if (fault === 'late') {
      this.#late = told
      return told.ack()
    }
    if (fault === 'cut-before') return disconnect()
    take(told)
    if (fault === 'twice') take(told)
    else disconnect()
  }
}
