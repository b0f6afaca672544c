import type { SqlValue, Statement } from '../driver.ts'
import { WrappedDriver } from './wrapped-driver.ts'

/** A driver that remembers which statements were carried out. */
export class RecordingDriver extends WrappedDriver {
  readonly ran: string[] = []

  override prepare(sql: string): Statement {
    const statement = this.driver.prepare(sql)
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

  /** How each statement that was carried out since finds its rows, one line a step. */
  plans(): { readonly sql: string; readonly plan: readonly string[] }[] {
    return [...new Set(this.ran)].map((sql) => {
      const wildcards = sql.split('?').length - 1
      const rows = this.driver
        .prepare(`explain query plan ${sql}`)
        .all<{ detail: string }>(...Array.from({ length: wildcards }, () => null))
      return { sql, plan: rows.map(({ detail }) => detail) }
    })
  }
}
