import { backoffMs, type BackoffRange } from './backoff.ts'
import type { Outside } from './outside.ts'

/** A change that a read came too early for is mostly on its way. */
const AGAIN_MS = 100
const BACKOFF: BackoffRange = { firstMs: 500, mostMs: 30_000 }

export interface SessionReaderOwner {
  /** Reads the session and takes over what it says. */
  read(signal: AbortSignal): Promise<void>
  /** Whether a read could bring anything. */
  isBehind(): boolean
  /** A read failed; true where another try makes sense. */
  onReadFailed(error: unknown): boolean
}

/**
 * Reads the session when that is needed: one read at a time, however many ask for one. Whoever asks gives a delay, in which
 * what is missing may still come by itself.
 */
export class SessionReader {
  readonly #outside: Outside
  readonly #owner: SessionReaderOwner
  #isPaused = true
  #reading: AbortController | null = null
  #cancelLook: (() => void) | null = null
  #failures = 0

  constructor(outside: Outside, owner: SessionReaderOwner) {
    this.#outside = outside
    this.#owner = owner
  }

  resume(): void {
    this.#isPaused = false
  }

  /** Looks no more until it is resumed; a read that is under way is called off. */
  pause(): void {
    this.#isPaused = true
    this.#failures = 0
    this.#cancelLook?.()
    this.#cancelLook = null
    const reading = this.#reading
    this.#reading = null
    reading?.abort()
  }

  /** Looks after a while whether a read is needed, unless it is going to look anyway. */
  lookIn(ms: number): void {
    if (this.#isPaused || this.#reading !== null || this.#cancelLook !== null) return
    this.#cancelLook = this.#outside.after(ms, () => {
      this.#cancelLook = null
      if (this.#owner.isBehind()) void this.#read()
    })
  }

  async #read(): Promise<void> {
    const reading = new AbortController()
    this.#reading = reading
    let next: number | null = AGAIN_MS
    try {
      await this.#owner.read(reading.signal)
      this.#failures = 0
    } catch (error) {
      if (this.#reading === reading) next = this.#failed(error)
    }
    if (this.#reading !== reading) return
    this.#reading = null
    if (next !== null && this.#owner.isBehind()) this.lookIn(next)
  }

  /** After how long to look again; null where that makes no sense. */
  #failed(error: unknown): number | null {
    if (!this.#owner.onReadFailed(error)) return null
    this.#failures++
    return backoffMs(this.#failures, BACKOFF, this.#outside.random())
  }
}
