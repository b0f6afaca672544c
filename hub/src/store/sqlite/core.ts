import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Log } from '../../log/log.ts'
import type { Judged, LiveRun } from '../run-store.ts'
import { ActorTexts } from './actor-texts.ts'
import { AfterCommit } from './after-commit.ts'
import { Catalog } from './catalog.ts'
import { CommitQueue } from './commit-queue.ts'
import type { SqliteDriver } from './driver.ts'
import { storageError } from './fault.ts'
import { StatementCache } from './rows.ts'
import { RunWriteCounts } from './run-write-counts.ts'

/** A commit that takes longer is worth a line in the log. */
const SLOW_COMMIT_MS = 1000

/** What comes from outside the program: time, ids that nobody else has, and somebody to tell. */
export interface Outside {
  readonly now: () => number
  readonly newId: () => string
  readonly log?: Pick<Log, 'warn'> | undefined
}

/** What the parts of the store share: one connection, its statements, what the writer knows, and the commit queue. */
export class StoreCore {
  readonly sql: StatementCache
  readonly catalog: Catalog
  readonly queue: CommitQueue
  readonly outside: Outside
  readonly actors = new ActorTexts()
  readonly runWrites = new RunWriteCounts()
  readonly judged = new AfterCommit<Judged>()
  readonly contended = new AfterCommit<LiveRun>()
  readonly epoch: string
  readonly #listeners = new Set<(namespaces: readonly string[]) => void>()
  #dataVersion: number
  #advanced: string[] = []
  #commits: number
  /** Rejects every later read once the store has stopped. */
  #stopped: Error | null = null

  constructor(driver: SqliteDriver, outside: Outside, onFailure: (error: Error) => void) {
    this.outside = outside
    this.sql = new StatementCache(driver)
    this.catalog = new Catalog(this.sql)
    this.epoch = readMeta(this.sql, 'epoch')
    this.#commits = Number(readMeta(this.sql, 'commits'))
    this.#dataVersion = this.#readDataVersion()
    this.queue = new CommitQueue(driver, {
      begun: () => this.#begun(),
      beforeCommit: () => this.#beforeCommit(),
      committed: (size, milliseconds) => this.#committed(size, milliseconds),
      rolledBack: () => this.#rolledBack(),
      failed: onFailure,
    })
  }

  /** How many batches this file has ever made durable. */
  get commits(): number {
    return this.#commits
  }

  onCommit(listener: (namespaces: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  write<Value>(run: () => Value, bytes: number): Promise<Value> {
    return this.queue.submit(run, bytes)
  }

  /** Reads run between batches, so they see only what is durable. */
  read<Value>(run: () => Value): Promise<Value> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped)
    try {
      return Promise.resolve(run())
    } catch (error) {
      return Promise.reject(storageError(error))
    }
  }

  stop(reason: Error): void {
    this.#stopped ??= new HoldfastError('store_stopped', 'The store has stopped. Start the hub again.', {
      cause: reason,
    })
    this.queue.stop(reason)
  }

  #readDataVersion(): number {
    return this.sql.get('pragma data_version').get<{ data_version: number }>()?.data_version ?? 0
  }

  /** Another program may have written between our batches; what the writer remembers is then worth nothing. */
  #begun(): void {
    const version = this.#readDataVersion()
    if (version === this.#dataVersion) return
    this.#dataVersion = version
    this.catalog.forget()
  }

  #beforeCommit(): void {
    const dirty = this.catalog.dirtyNamespaces()
    for (const { head, floor, journalBytes, key } of dirty) {
      this.sql
        .get('update namespace set head = ?, floor = ?, journal_bytes = ? where key = ?')
        .run(head, floor, journalBytes, key)
    }
    this.sql.get(`update meta set value = ? where key = 'commits'`).run(String(this.#commits + 1))
    this.#advanced = dirty.map((namespace) => namespace.name)
  }

  #rolledBack(): void {
    this.catalog.forget()
    this.judged.forget()
    this.contended.forget()
  }

  #committed(writes: number, milliseconds: number): void {
    this.#commits += 1
    this.judged.tell()
    this.contended.tell()
    if (milliseconds >= SLOW_COMMIT_MS)
      this.outside.log?.warn('a commit was slow', { milliseconds: Math.round(milliseconds), writes })
    for (const namespace of this.catalog.dirtyNamespaces()) namespace.dirty = false
    if (this.#advanced.length === 0) return
    // After the promises of the batch, and apart from it: what a listener does wrong must not reach the writers.
    const advanced = this.#advanced
    for (const listener of this.#listeners) queueMicrotask(() => listener(advanced))
  }
}

export function readMeta(sql: StatementCache, key: string): string {
  return sql.get('select value from meta where key = ?').get<{ value: string }>(key)?.value ?? ''
}
