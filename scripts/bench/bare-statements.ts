import {
  loadDriver,
  type SqliteDriver,
  type SqlValue,
  type Statement,
} from '@holdfast/hub/store/sqlite/driver'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { DURABLE, GroupCommit } from './group-commit.ts'

const SCHEMA = `
  ${DURABLE}
  create table if not exists session (
    key integer primary key, id text not null unique, version integer not null, updated_at integer not null
  ) strict;
  create table if not exists field (
    key integer primary key, session integer not null, name text not null, value text, version integer not null,
    unique (session, name)
  ) strict;
  create table if not exists journal (
    key integer primary key, seq integer not null unique, session integer not null, version integer not null,
    at integer not null, actor text not null, changes text not null
  ) strict;
  create table if not exists mutation (
    id text primary key, answer text not null, at integer not null
  ) strict, without rowid;`

interface Known {
  readonly key: number
  version: number
}

/**
 * The least that a durable, journaled patch of rows can cost: one select of the fields, one upsert, one update of the
 * session, one insert into the journal and one for the mutation id. It checks nothing, merges nothing, hashes nothing
 * and keeps no token history: the yardstick for what the store adds to its statements.
 */
export class BareStatements {
  readonly #commits: GroupCommit
  readonly #driver: SqliteDriver
  readonly #known = new Map<string, Known>()
  readonly #session: Statement
  readonly #journal: Statement
  readonly #mutation: Statement
  readonly #byCount = new Map<number, { select: Statement; upsert: Statement }>()
  #seq = 0

  static async open(file: string): Promise<BareStatements> {
    const open = await loadDriver()
    return new BareStatements(open(file))
  }

  constructor(driver: SqliteDriver) {
    driver.exec(SCHEMA)
    this.#driver = driver
    this.#commits = new GroupCommit(driver)
    this.#session = driver.prepare('update session set version = ?, updated_at = ? where key = ?')
    this.#journal = driver.prepare(
      'insert into journal (seq, session, version, at, actor, changes) values (?, ?, ?, ?, ?, ?)',
    )
    this.#mutation = driver.prepare('insert into mutation (id, answer, at) values (?, ?, ?)')
  }

  async create(id: string, document: JsonObject): Promise<void> {
    await this.#commits.submit(() => {
      const made = this.#driver
        .prepare('insert into session (id, version, updated_at) values (?, 1, ?)')
        .run(id, Date.now())
      const insert = this.#driver.prepare(
        'insert into field (session, name, value, version) values (?, ?, ?, 1)',
      )
      for (const [name, value] of Object.entries(document))
        insert.run(made.rowid, name, JSON.stringify(value))
      this.#known.set(id, { key: made.rowid, version: 1 })
      return made
    })
  }

  patch(id: string, patch: JsonObject, mutationId: string): Promise<object> {
    return this.#commits.submit(() => {
      const known = this.#known.get(id)
      if (known === undefined) throw new Error(`There is no session ${id}.`)
      const names = Object.keys(patch)
      const { select, upsert } = this.#statements(names.length)
      const before = select.values(...names, known.key)
      known.version += 1
      const rows: SqlValue[] = []
      for (const name of names) rows.push(known.key, name, JSON.stringify(patch[name]), known.version)
      upsert.run(...rows)
      const now = Date.now()
      this.#session.run(known.version, now, known.key)
      this.#seq += 1
      const changes = `[${JSON.stringify(before)},${JSON.stringify(patch)}]`
      this.#journal.run(this.#seq, known.key, known.version, now, '{"door":"socket"}', changes)
      const answer = { kind: 'written', version: known.version, changed: names }
      this.#mutation.run(mutationId, JSON.stringify(answer), now)
      return answer
    })
  }

  close(): Promise<void> {
    return this.#commits.close()
  }

  #statements(count: number): { select: Statement; upsert: Statement } {
    let statements = this.#byCount.get(count)
    if (statements === undefined) {
      const list = (item: string): string => Array.from({ length: count }, () => item).join(', ')
      statements = {
        select: this.#driver.prepare(
          `select f.name, f.value from (values ${list('(?)')}) w cross join field f on f.session = ? and f.name = w.column1`,
        ),
        upsert: this.#driver.prepare(
          `insert into field (session, name, value, version) values ${list('(?, ?, ?, ?)')}
           on conflict (session, name) do update set value = excluded.value, version = excluded.version`,
        ),
      }
      this.#byCount.set(count, statements)
    }
    return statements
  }
}
