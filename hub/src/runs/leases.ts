import type { RunKey } from '../store/run-store.ts'
import { runName } from './run-name.ts'

interface Lease {
  readonly run: RunKey
  readonly until: number
}

/**
 * Until when each live run may go unheard. Nothing of it is stored, so that a heartbeat costs no write; after a restart
 * every live run has its whole lease again.
 */
export class Leases {
  readonly leaseMs: number
  readonly #elapsed: () => number
  readonly #leases = new Map<string, Lease>()

  /** `elapsed`: milliseconds of a clock that only runs forward, since a wall clock that is set would end everybody's lease. */
  constructor(leaseMs: number, elapsed: () => number) {
    this.leaseMs = leaseMs
    this.#elapsed = elapsed
  }

  get count(): number {
    return this.#leases.size
  }

  /** From now on, for so long. */
  hold(run: RunKey, ms: number = this.leaseMs): void {
    this.#leases.set(runName(run), { run, until: this.#elapsed() + ms })
  }

  release(run: RunKey): void {
    this.#leases.delete(runName(run))
  }

  /** Whether it has one, lapsed or not. */
  has(run: RunKey): boolean {
    return this.#leases.has(runName(run))
  }

  isHeld(run: RunKey): boolean {
    const lease = this.#leases.get(runName(run))
    return lease !== undefined && lease.until > this.#elapsed()
  }

  /** The runs whose lease is over. They stay here until they are released or held anew. */
  lapsed(): RunKey[] {
    const now = this.#elapsed()
    const lapsed: RunKey[] = []
    for (const { run, until } of this.#leases.values()) if (until <= now) lapsed.push(run)
    return lapsed
  }
}
