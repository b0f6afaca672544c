import { chance, pick, type Random } from '../../random.ts'
import type { Told } from './told.ts'

/** What TCP never does to a message, and what a client may do that is slow, or ends in the middle of its work. */
export const FRAME_FAULTS = ['lost', 'unheard', 'twice', 'late', 'cutBefore', 'cutAfter'] as const
export type FrameFault = (typeof FRAME_FAULTS)[number]

/** Loses messages, repeats them, swaps them and ends the connection, as it happens. */
export class FaultyFrames {
  isFaulty = true
  readonly counts = new Map<FrameFault, number>()
  readonly #random: Random
  readonly #rate: number
  /** Hands over what comes after the next message. */
  #late: (() => void) | null = null

  constructor(random: Random, rate: number) {
    this.#random = random
    this.#rate = rate
  }

  /** `take` is called for each message that arrives, `cut` where its connection is to end. */
  pass(told: Told, take: (told: Told) => void, cut: () => void): void {
    const late = this.#late
    this.#late = null
    this.#passOne(told, take, cut)
    late?.()
  }

  #passOne(told: Told, take: (told: Told) => void, cut: () => void): void {
    if (!this.isFaulty || !chance(this.#random, this.#rate)) return take(told)
    const fault = pick(this.#random, FRAME_FAULTS)
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    switch (fault) {
      case 'lost':
        // The hub takes it for heard, and nobody has.
        return told.ack()
      case 'unheard':
        return
      case 'twice':
        take(told)
        return take(told)
      case 'late':
        this.#late = () => take(told)
        return told.ack()
      case 'cutBefore':
        return cut()
      case 'cutAfter':
        take(told)
        return cut()
    }
  }
}
