import type { EndRuns, RunKey } from '../store/run-store.ts'
import { runName } from './run-name.ts'

/** How a client that knows no runs said that its session ended. */
export interface ClientEnd extends Pick<EndRuns, 'outcome' | 'reason'> {
  readonly run: RunKey
}

/** So many are kept. */
export const UNSTORED_ENDS = 1000

/** The ends that the store could not take, until it can: nobody says them a second time. */
export class UnstoredEnds {
  readonly #limit: number
  /** The oldest is the first. */
  readonly #ends = new Map<string, ClientEnd>()

  constructor(limit: number = UNSTORED_ENDS) {
    this.#limit = limit
  }

  /** The oldest one where there are too many by now: it is not kept any more. */
  keep(end: ClientEnd): ClientEnd | null {
    const name = runName(end.run)
    // What was said first is how it ended.
    if (!this.#ends.has(name)) this.#ends.set(name, end)
    const [oldest] = this.#ends.values()
    if (this.#ends.size <= this.#limit || oldest === undefined) return null
    this.forget(oldest.run)
    return oldest
  }

  has(run: RunKey): boolean {
    return this.#ends.has(runName(run))
  }

  forget(run: RunKey): void {
    this.#ends.delete(runName(run))
  }

  inNamespace(namespace: string): readonly ClientEnd[] {
    return this.all().filter(({ run }) => run.namespace === namespace)
  }

  all(): readonly ClientEnd[] {
    return [...this.#ends.values()]
  }
}
