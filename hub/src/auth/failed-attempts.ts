const MINUTE_MS = 60_000

export interface FailedAttemptsBounds {
  /** So many wrong tokens are answered at once, and so many a minute in the long run. */
  readonly perMinute: number
  /** So many addresses are remembered; of more, those that have been quiet the longest are forgotten. */
  readonly addresses: number
}

interface Bucket {
  readonly level: number
  readonly at: number
}

/** Counts wrong tokens by the address that sent them: a bucket per address that drains all the time. */
export class FailedAttempts {
  readonly #bounds: FailedAttemptsBounds
  /** The one that has been quiet the longest comes first. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(bounds: FailedAttemptsBounds = { perMinute: 20, addresses: 10_000 }) {
    this.#bounds = bounds
  }

  get remembered(): number {
    return this.#buckets.size
  }

  /** Takes note of one; false where the address has had its share. Those beyond it do not fill the bucket further. */
  note(address: string, now: number): boolean {
    const level = this.#levelOf(address, now)
    const isWithin = level + 1 <= this.#bounds.perMinute
    this.#buckets.delete(address)
    this.#buckets.set(address, { level: isWithin ? level + 1 : level, at: now })
    this.#forgetBeyondBound()
    return isWithin
  }

  #levelOf(address: string, now: number): number {
    const bucket = this.#buckets.get(address)
    if (bucket === undefined) return 0
    const drained = (Math.max(0, now - bucket.at) / MINUTE_MS) * this.#bounds.perMinute
    return Math.max(0, bucket.level - drained)
  }

  #forgetBeyondBound(): void {
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#bounds.addresses) return
      this.#buckets.delete(address)
    }
  }
}
