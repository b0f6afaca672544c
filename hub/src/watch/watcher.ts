import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import type { Log } from '../log/log.ts'
import type { FeedPages } from './feed-pages.ts'
import type { WatchLine } from './watch-connection.ts'

/** Where a watcher begins. */
export interface WatchStart {
  /** The last seq that it has. */
  readonly after: number
  /** Why what follows that can not be told, where this is known at once. */
  readonly resync: Resync | null
}

export interface WatcherParts {
  readonly line: WatchLine
  readonly pages: FeedPages
  readonly log: Log
  /** Resolves when a feed that could not be read is to be tried again. */
  readonly retry: () => Promise<void>
}

/**
 * A cursor of the feed, read forward as fast as its client takes it in. Catching up and going on live are the same loop:
 * a page, its ack, the next page, and at the head a wait for a wake.
 */
export class Watcher {
  readonly #parts: WatcherParts
  #after: number
  #resync: Resync | null
  #state: 'idle' | 'looking' | 'ended' = 'idle'
  #isWoken = false

  constructor(start: WatchStart, parts: WatcherParts) {
    this.#after = start.after
    this.#resync = start.resync
    this.#parts = parts
  }

  /** Look again. Wakes that come together are one look. */
  wake(): void {
    this.#isWoken = true
    if (this.#state !== 'idle') return
    this.#state = 'looking'
    void this.#follow()
  }

  /** Nothing more is told. */
  end(): void {
    this.#state = 'ended'
  }

  async #follow(): Promise<void> {
    while (this.#isWoken && !this.#hasEnded()) {
      this.#isWoken = false
      await this.#lookOrWait()
    }
    if (!this.#hasEnded()) this.#state = 'idle'
  }

  async #lookOrWait(): Promise<void> {
    const { log, retry, line } = this.#parts
    try {
      let more = true
      while (more && !this.#hasEnded()) more = await this.#tellNext()
    } catch (error) {
      if (this.#hasEnded() || isStopped(error)) return this.end()
      this.#isWoken = true
      if (error instanceof HoldfastError) return retry()
      log.error('a watcher met a bug', error)
      this.end()
      line.cut()
    }
  }

  #hasEnded(): boolean {
    return this.#state === 'ended'
  }

  /** False where there is nothing more to tell now. */
  async #tellNext(): Promise<boolean> {
    const { line, pages } = this.#parts
    if (this.#resync !== null) {
      const message = this.#resync
      this.#resync = null
      this.#after = message.head
      return this.#told(await line.tell('resync', message))
    }
    const page = await pages.after(this.#after)
    if (page.kind === 'none' || this.#hasEnded()) return false
    if (page.kind === 'resync') {
      this.#resync = page.message
      return true
    }
    this.#after = page.through
    return this.#told(await line.tell('changes', page.message))
  }

  #told(isTaken: boolean): boolean {
    if (!isTaken) this.end()
    return isTaken
  }
}

function isStopped(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'store_stopped'
}
