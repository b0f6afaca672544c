import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Log } from '../log/log.ts'
import type { Store } from '../store/store.ts'
import { within } from '../within.ts'
import { refusalOfFailure } from './refusal-of-failure.ts'

/** However often it is asked for, the store is tried so often at most. */
const FRESH_MS = 1000
const PATIENCE_MS = 2000

/** No device has this id, since the store makes them itself. */
const NOBODY = 'readiness-probe'

const STUCK = refuse('storage_busy', 'The store did not answer in time.')

export interface ReadinessParts {
  readonly store: Store
  readonly log: Log
  readonly now: () => number
}

/** Tells whether the store really writes and reads, by doing it: a commit like any other, of which nothing is left. */
export class Readiness {
  readonly #parts: ReadinessParts
  #triedAt = Number.NEGATIVE_INFINITY
  #answer: Promise<Refusal | null> = Promise.resolve(STUCK)
  #trying = false

  constructor(parts: ReadinessParts) {
    this.#parts = parts
  }

  /** Null where the store is ready. */
  problem(): Promise<Refusal | null> {
    const now = this.#parts.now()
    if (Math.abs(now - this.#triedAt) >= FRESH_MS) {
      this.#triedAt = now
      this.#answer = this.#look()
    }
    return this.#answer
  }

  async #look(): Promise<Refusal | null> {
    if (this.#trying) return STUCK
    try {
      return (await within(this.#try(), PATIENCE_MS)) ? null : STUCK
    } catch (error) {
      return refusalOfFailure(error, this.#parts.log, 'readiness')
    }
  }

  async #try(): Promise<void> {
    const { store } = this.#parts
    this.#trying = true
    try {
      await store.noteDeviceUse([{ device: NOBODY, at: 0 }])
      await store.findDevice(NOBODY)
    } finally {
      this.#trying = false
    }
  }
}
