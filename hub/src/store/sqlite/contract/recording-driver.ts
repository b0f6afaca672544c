import type { SqliteDriver, SqlValue, Statement } from '../driver.ts'

/** A driver that remembers which statements were carried out. */
export class RecordingDriver implements SqliteDriver {
  readonly ran: string[] = []
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

  exec(sql: string): void {
    this.#driver.exec(sql)
  }

  prepare(sql: string): Statement {
    const statement = this.#driver.prepare(sql)
    const noted = <Given extends SqlValue[], Answer>(run: (...given: Given) => Answer) => {
      return (...given: Given): Answer => {
        this.ran.push(sql)
        return run(...given)
      }
    }
    return {
      run: noted((...params: SqlValue[]) => statement.run(...params)),
      get: <Row>(...params: SqlValue[]) =>
        noted((...given: SqlValue[]) => statement.get<Row>(...given))(...params),
      all: <Row>(...params: SqlValue[]) =>
        noted((...given: SqlValue[]) => statement.all<Row>(...given))(...params),
      values: noted((...params: SqlValue[]) => statement.values(...params)),
    }
  }

  close(): void {
    this.#driver.close()
  }

  /** How each statement that was carried out since finds its rows, one line a step. */
  plans(): { readonly sql: string; readonly plan: readonly string[] }[] {
    return [...new Set(this.ran)].map((sql) => {
      const wildcards = sql.split('?').length - 1
      const rows = this.#driver
        .prepare(`explain query plan ${sql}`)
        .all<{ detail: string }>(...Array.from({ length: wildcards }, () => null))
      return { sql, plan: rows.map(({ detail }) => detail) }
    })
  }
}
