import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'

export interface Limits {
  /** Requests that an address may send in one burst, and how many of them come back every second. */
  readonly burst: number
  readonly perSecond: number
  /** Requests of one address that are being answered at once. */
  readonly inFlight: number
  /** How many addresses are remembered. */
  readonly addresses: number
}

export interface Entered {
  readonly kind: 'entered'
  /** To be called once, when the request is answered. */
  leave(): void
}

interface Bucket {
  left: number
  at: number
  inFlight: number
}

/** How much each address may ask: a bucket of requests that fills up again with time. */
export class AddressLimits {
  readonly #limits: Limits
  readonly #now: () => number
  /** The one that asked last is last. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  get remembered(): number {
    return this.#buckets.size
  }

  enter(address: string): Entered | Refusal {
    const bucket = this.#bucketOf(address)
    if (bucket.left < 1) return this.#refusal('requests per second', this.#limits.perSecond)
    if (bucket.inFlight >= this.#limits.inFlight) {
      return this.#refusal('requests at once', this.#limits.inFlight)
    }
    bucket.left -= 1
    bucket.inFlight += 1
    return { kind: 'entered', leave: () => (bucket.inFlight -= 1) }
  }

  #refusal(what: string, limit: number): Refusal {
    const message = `There are too many requests from this address; at most ${limit} ${what} are served. Wait a moment.`
    return refuse('rate_limited', message, { limit })
  }

  #bucketOf(address: string): Bucket {
    const now = this.#now()
    const known = this.#buckets.get(address)
    const bucket = known ?? { left: this.#limits.burst, at: now, inFlight: 0 }
    // A clock that was set back gives nothing, and takes nothing.
    const passed = Math.max(0, now - bucket.at) / 1000
    bucket.left = Math.min(this.#limits.burst, bucket.left + passed * this.#limits.perSecond)
    bucket.at = now
    this.#buckets.delete(address)
    if (known === undefined) this.#makeRoom()
    this.#buckets.set(address, bucket)
    return bucket
  }

  /** Forgets whoever asked longest ago. Being forgotten gives an address its burst back, and nothing else. */
  #makeRoom(): void {
    if (this.#buckets.size < this.#limits.addresses) return
    const oldest = this.#buckets.keys().next()
    if (oldest.done !== true) this.#buckets.delete(oldest.value)
  }
}
