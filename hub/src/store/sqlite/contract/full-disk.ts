import { WrappedDriver } from './wrapped-driver.ts'

/** A real connection to a real file, whose disk can be full: then no commit is taken, and all else goes on. */
export class FullDisk extends WrappedDriver {
  isFull = false

  /** SQLite takes back a transaction for which there is no room, and says so. */
  override exec(sql: string): void {
    if (!this.isFull || sql !== 'commit') return this.driver.exec(sql)
    this.driver.exec('rollback')
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  }
}
