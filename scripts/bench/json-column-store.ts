import { loadDriver, type SqliteDriver, type Statement } from '@holdfast/hub/store/sqlite/driver'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { DURABLE, GroupCommit } from './group-commit.ts'

const SCHEMA = `
  ${DURABLE}
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

/**
 * What the store is held against: a session is one JSON text. A write reads it whole, parses it, changes it and writes
 * it back whole, with a journal row, in the same kind of group commit and just as durable. It checks no limits and
 * remembers no mutation ids.
 */
export class JsonColumnStore {
  readonly #commits: GroupCommit
  readonly #select: Statement
  readonly #insert: Statement
  readonly #update: Statement
  readonly #journal: Statement

  static async open(file: string): Promise<JsonColumnStore> {
    const open = await loadDriver()
    return new JsonColumnStore(open(file))
  }

  constructor(driver: SqliteDriver) {
    this.#commits = new GroupCommit(driver)
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
    await this.#commits.submit(() => this.#insert.run(id, JSON.stringify(document), Date.now()))
  }

  patch(id: string, patch: JsonObject): Promise<object> {
    return this.#commits.submit(() => {
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

  close(): Promise<void> {
    return this.#commits.close()
  }
}
