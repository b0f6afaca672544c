import type { SqliteDriver } from '@holdfast/hub/store/sqlite/driver'

interface Job {
  readonly run: () => object
  readonly resolve: (answer: object) => void
  readonly reject: (error: unknown) => void
}

/** The plainest group commit: what arrives in one turn of the event loop is one transaction. */
export class GroupCommit {
  readonly #driver: SqliteDriver
  #waiting: Job[] = []

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  submit(run: () => object): Promise<object> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush())
      this.#waiting.push({ run, resolve, reject })
    })
  }

  async close(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise(setImmediate)
    this.#driver.close()
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

/** The settings of both yardsticks, the same as the store's. */
export const DURABLE = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma fullfsync = on;
  pragma checkpoint_fullfsync = on;
  pragma cache_size = -65536;
  pragma temp_store = memory;
  pragma journal_size_limit = 67108864;
  pragma wal_autocheckpoint = 4000;`
