import type { SqliteDriver, Statement } from '../driver.ts'

/** A driver that hands everything on to a real one; who extends it changes a part. */
export class WrappedDriver implements SqliteDriver {
  protected readonly driver: SqliteDriver

  constructor(driver: SqliteDriver) {
    this.driver = driver
  }

  get library(): SqliteDriver['library'] {
    return this.driver.library
  }

  get inTransaction(): boolean {
    return this.driver.inTransaction
  }

  exec(sql: string): void {
    this.driver.exec(sql)
  }

  prepare(sql: string): Statement {
    return this.driver.prepare(sql)
  }

  close(): void {
    this.driver.close()
  }
}
