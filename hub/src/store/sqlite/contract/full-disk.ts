import type { SqliteDriver, Statement } from '../driver.ts'

/** A real connection to a real file, whose disk can be full: then no commit is taken, and all else goes on. */
export class FullDisk implements SqliteDriver {
  isFull = false
  readonly #driver: SqliteDriver

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  get library(): SqliteDriver['library'] {
    return this.#driver.library
  }

  get inTransaction(): boolean {
    return this.#driver.inTransaction
  }

  /** SQLite takes back a transaction for which there is no room, and says so. */
  exec(sql: string): void {
    if (!this.isFull || sql !== 'commit') return this.#driver.exec(sql)
    this.#driver.exec('rollback')
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  }

  prepare(sql: string): Statement {
    return this.#driver.prepare(sql)
  }

  close(): void {
    this.#driver.close()
  }
}
