export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Lets a burst through, and after that so many a second. It costs no timer. */
export class TokenBucket {
  readonly #rate: Rate
  readonly #now: () => number
  #level: number
  #at: number

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate
    this.#now = now
    this.#level = rate.burst
    this.#at = now()
  }

  /** False where there is nothing left to take. */
  take(): boolean {
    const at = this.#now()
    // A clock that was set back adds nothing, and takes nothing away.
    const gained = (Math.max(0, at - this.#at) * this.#rate.perSecond) / 1000
    this.#level = Math.min(this.#rate.burst, this.#level + gained)
    this.#at = at
    if (this.#level < 1) return false
    this.#level -= 1
    return true
  }
}
