import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { CommitCounts } from './commit-counts.ts'
import type { SqliteDriver } from './driver.ts'
import { faultOf, storageError, unknownOutcome } from './fault.ts'

/** How much may wait, how much goes into one commit, and for how many turns of the event loop more is let come. */
export const QUEUE_LIMITS = {
  waiting: 20_000,
  waitingBytes: 64 * 1024 * 1024,
  batch: 1024,
  turns: 16,
} as const

interface Job {
  readonly run: () => unknown
  readonly bytes: number
  readonly resolve: (value: unknown) => void
  readonly reject: (error: HoldfastError) => void
}

type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: HoldfastError }

/** A job met an error that is neither the disk's nor another program's. */
class JobFailed {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** What the store does around a batch: keep its counters in the same transaction, and forget them on a rollback. */
export interface BatchHooks {
  begun(): void
  beforeCommit(): void
  committed(size: number, milliseconds: number): void
  rolledBack(): void
  /** The outcome of a commit is unknown, or the disk fails: nothing more may be tried. */
  failed(error: Error): void
}

/**
 * Group commit: what arrives while a commit runs goes into the next one, and so does what arrives in the turns after it
 * for as long as each brings more. A job runs synchronously inside the transaction; its promise settles only after the
 * commit is durable.
 */
export class CommitQueue {
  readonly counts = new CommitCounts()
  readonly #driver: SqliteDriver
  readonly #hooks: BatchHooks
  #waiting: Job[] = []
  #waitingBytes = 0
  #scheduled = false
  #stopped: Error | null = null
  #idle: (() => void)[] = []
  readonly #clock: () => number

  /** `clock`: milliseconds that never step back. */
  constructor(driver: SqliteDriver, hooks: BatchHooks, clock = () => performance.now()) {
    this.#driver = driver
    this.#hooks = hooks
    this.#clock = clock
  }

  get waiting(): number {
    return this.#waiting.length
  }

  submit<Value>(run: () => Value, bytes: number): Promise<Value> {
    if (this.#stopped !== null) return Promise.reject(stopped(this.#stopped))
    if (
      this.#waiting.length >= QUEUE_LIMITS.waiting ||
      this.#waitingBytes + bytes > QUEUE_LIMITS.waitingBytes
    ) {
      const message = `The hub has ${this.#waiting.length} writes waiting and takes no more right now; nothing was written. Send it again shortly.`
      return Promise.reject(new HoldfastError('overloaded', message))
    }
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ run, bytes, resolve: resolve as (value: unknown) => void, reject })
      this.#waitingBytes += bytes
      this.#schedule()
    })
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  stop(reason: Error): void {
    this.#stopped ??= reason
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const job of waiting) job.reject(stopped(reason))
    this.#wakeIdle()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#gather(1)
  }

  /** A write that comes alone is committed in its own turn: no timer is involved. */
  #gather(turn: number): void {
    const known = this.#waiting.length
    setImmediate(() => {
      const waiting = this.#waiting.length
      const isGrowing = waiting > known && waiting < QUEUE_LIMITS.batch
      if (isGrowing && turn < QUEUE_LIMITS.turns) return this.#gather(turn + 1)
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    const batch = this.#waiting.splice(0, QUEUE_LIMITS.batch)
    for (const job of batch) this.#waitingBytes -= job.bytes
    if (this.#waiting.length > 0) this.#schedule()
    const outcomes = this.#commitBatch(batch)
    for (const [index, outcome] of outcomes.entries()) {
      const job = batch[index]
      if (outcome.ok) job?.resolve(outcome.value)
      else job?.reject(outcome.error)
    }
    if (this.#waiting.length === 0) this.#wakeIdle()
  }

  #wakeIdle(): void {
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }

  #commitBatch(batch: readonly Job[]): Outcome[] {
    if (this.#stopped !== null) return sameFor(batch, stopped(this.#stopped))
    const together = this.#attempt(batch)
    if (!(together instanceof JobFailed)) return together
    // One of them met an unexpected error: each runs alone, so that only the bad one fails.
    return batch.flatMap((job) => {
      if (this.#stopped !== null) return sameFor([job], stopped(this.#stopped))
      const alone = this.#attempt([job])
      return alone instanceof JobFailed ? sameFor([job], storageError(alone.error)) : alone
    })
  }

  #attempt(batch: readonly Job[]): Outcome[] | JobFailed {
    try {
      this.#driver.exec('begin immediate')
    } catch (error) {
      return sameFor(batch, this.#definite(error))
    }
    const outcomes: Outcome[] = []
    try {
      this.#hooks.begun()
      for (const job of batch) outcomes.push({ ok: true, value: job.run() })
      this.#hooks.beforeCommit()
    } catch (error) {
      return this.#abandon(batch, error)
    }
    return this.#commit(batch, outcomes)
  }

  #abandon(batch: readonly Job[], error: unknown): Outcome[] | JobFailed {
    const rollbackError = this.#rollBack()
    const fault = faultOf(error)
    if (rollbackError !== null || fault === 'disk') return this.#failStop(batch, rollbackError ?? error)
    return fault === 'bug' ? new JobFailed(error) : sameFor(batch, storageError(error))
  }

  #commit(batch: readonly Job[], outcomes: Outcome[]): Outcome[] {
    const started = this.#clock()
    try {
      this.#driver.exec('commit')
    } catch (error) {
      const definite = faultOf(error) === 'full' && !this.#driver.inTransaction
      this.#hooks.rolledBack()
      return definite ? sameFor(batch, storageError(error)) : this.#failStop(batch, error)
    }
    const took = this.#clock() - started
    this.counts.committed(batch.length, took)
    this.#hooks.committed(batch.length, took)
    return outcomes
  }

  /** The error where even the rollback fails, so that nobody can say what the file holds. */
  #rollBack(): Error | null {
    this.#hooks.rolledBack()
    if (!this.#driver.inTransaction) return null
    try {
      this.#driver.exec('rollback')
      return null
    } catch (error) {
      return storageError(error)
    }
  }

  #definite(error: unknown): HoldfastError {
    if (faultOf(error) === 'disk') {
      const reason = storageError(error)
      this.#halt(reason)
      return reason
    }
    return storageError(error)
  }

  #failStop(batch: readonly Job[], error: unknown): Outcome[] {
    const unknown = unknownOutcome(error)
    this.#halt(unknown)
    return sameFor(batch, unknown)
  }

  #halt(reason: HoldfastError): void {
    this.#stopped ??= reason
    this.#hooks.failed(reason)
    this.stop(reason)
  }
}

function sameFor(batch: readonly Job[], error: HoldfastError): Outcome[] {
  return batch.map(() => ({ ok: false, error }))
}

function stopped(cause: Error): HoldfastError {
  return new HoldfastError(
    'store_stopped',
    'The store has stopped and takes no more requests. Start the hub again.',
    { cause },
  )
}
