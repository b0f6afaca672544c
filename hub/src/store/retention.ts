import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from './store.ts'

/** How much of a namespace's journal is kept, and how quickly the rest goes, and what else is of no use any more. */
export interface RetentionOptions {
  readonly keepEntries: number
  readonly keepBytes: number
  /** Entries per step; a step is one short write among the others. */
  readonly step: number
  readonly everyMs: number
  /** How many times as long as a step took nothing is thrown away after it, so that a long way behind slows nobody down. */
  readonly rest: number
}

export const RETENTION: RetentionOptions = {
  keepEntries: 100_000,
  keepBytes: 1024 * 1024 * 1024,
  step: 512,
  everyMs: 1000,
  rest: 2,
}

/** Keeps every namespace within its retention: looks at each once in a while, and prunes in small steps what is over. */
export class Retention implements AsyncDisposable {
  readonly #store: Store
  readonly #options: RetentionOptions
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  readonly #ending = new AbortController()

  constructor(store: Store, report: (error: unknown) => void, options: RetentionOptions = RETENTION) {
    this.#store = store
    this.#options = options
    this.#report = report
    this.#schedule()
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.run()
        .catch((error: unknown) => this.#report(error))
        .finally(() => {
          if (!this.#hasEnded()) this.#schedule()
        })
    }, this.#options.everyMs).unref()
  }

  /**
   * One round over all namespaces, each for as long as steps find something to throw away. What has expired lies together,
   * so that a step that finds nothing need not be followed by another at once: the next round goes on where it looked.
   */
  async run(): Promise<void> {
    const { keepEntries, keepBytes, step, rest } = this.#options
    for (const namespace of await this.#store.namespaces()) {
      let isWorth = true
      while (isWorth && !this.#hasEnded()) {
        const began = performance.now()
        const pruned = await this.#store.prune({ namespace, keepEntries, keepBytes, limit: step })
        isWorth = pruned.more && pruned.entries + pruned.mutations + pruned.runs > 0
        if (isWorth) await this.#rest((performance.now() - began) * rest)
      }
    }
  }

  #hasEnded(): boolean {
    return this.#ending.signal.aborted
  }

  async #rest(ms: number): Promise<void> {
    const { signal } = this.#ending
    // The end of the store cuts it short, and is seen by whoever rests.
    await pause(ms, undefined, { signal, ref: false }).catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
  }
}
