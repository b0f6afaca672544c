import { loadDriver, type SqliteDriver, type Statement } from '@holdfast/hub/store/sqlite/driver'
import type { JsonObject } from '@holdfast/shared/metadata/json'

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma fullfsync = on;
  pragma checkpoint_fullfsync = on;
  pragma cache_size = -65536;
  pragma temp_store = memory;
  pragma journal_size_limit = 67108864;
  pragma wal_autocheckpoint = 4000;
  create table if not exists session (
    key integer primary key,
    id text not null unique,
    version integer not null,
    metadata text not null,
    updated_at integer not null
  ) strict;
  create table if not exists journal (
    key integer primary key,
    session integer not null,
    version integer not null,
    at integer not null,
    changes text not null
  ) strict;`

interface Job {
  readonly run: () => object
  readonly resolve: (answer: object) => void
  readonly reject: (error: unknown) => void
}

/**
 * What the store is held against: a session is one JSON text. A write reads it whole, parses it, changes it and writes
 * it back whole, with a journal row, in the same kind of group commit and just as durable. It checks no limits and
 * remembers no mutation ids.
 */
export class JsonColumnStore {
  readonly #driver: SqliteDriver
  readonly #select: Statement
  readonly #insert: Statement
  readonly #update: Statement
  readonly #journal: Statement
  #waiting: Job[] = []

  static async open(file: string): Promise<JsonColumnStore> {
    const open = await loadDriver()
    return new JsonColumnStore(open(file))
  }

  constructor(driver: SqliteDriver) {
    this.#driver = driver
    driver.exec(SCHEMA)
    this.#select = driver.prepare('select key, version, metadata from session where id = ?')
    this.#insert = driver.prepare(
      'insert into session (id, version, metadata, updated_at) values (?, 1, ?, ?)',
    )
    this.#update = driver.prepare(
      'update session set version = ?, metadata = ?, updated_at = ? where key = ?',
    )
    this.#journal = driver.prepare('insert into journal (session, version, at, changes) values (?, ?, ?, ?)')
  }

  async create(id: string, document: JsonObject): Promise<void> {
    await this.#submit(() => this.#insert.run(id, JSON.stringify(document), Date.now()))
  }

  patch(id: string, patch: JsonObject): Promise<object> {
    return this.#submit(() => {
      const row = this.#select.get<{ key: number; version: number; metadata: string }>(id)
      if (row === undefined) throw new Error(`There is no session ${id}.`)
      const metadata = { ...(JSON.parse(row.metadata) as JsonObject), ...patch }
      const version = row.version + 1
      const now = Date.now()
      this.#update.run(version, JSON.stringify(metadata), now, row.key)
      this.#journal.run(row.key, version, now, JSON.stringify(patch))
      return { kind: 'written', version }
    })
  }

  async close(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise(setImmediate)
    this.#driver.close()
  }

  #submit(run: () => object): Promise<object> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush())
      this.#waiting.push({ run, resolve, reject })
    })
  }

  #flush(): void {
    const batch = this.#waiting
    this.#waiting = []
    try {
      this.#driver.exec('begin immediate')
      const answers = batch.map((job) => job.run())
      this.#driver.exec('commit')
      for (const [at, job] of batch.entries()) job.resolve(answers[at] ?? {})
    } catch (error) {
      if (this.#driver.inTransaction) this.#driver.exec('rollback')
      for (const job of batch) job.reject(error)
    }
  }
}
