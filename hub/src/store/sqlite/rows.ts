import type { SqliteDriver, Statement } from './driver.ts'

/** Statements prepared once, those with a list of values once per length. */
export class StatementCache {
  readonly #driver: SqliteDriver
  readonly #byText = new Map<string, Statement>()
  readonly #byLength = new Map<string, (Statement | undefined)[]>()

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  get(sql: string): Statement {
    let statement = this.#byText.get(sql)
    if (statement === undefined) {
      statement = this.#driver.prepare(sql)
      this.#byText.set(sql, statement)
    }
    return statement
  }

  /** `{list}` in the text becomes `length` times `item`, with commas between. */
  forList(sql: string, item: string, length: number): Statement {
    let statements = this.#byLength.get(sql)
    if (statements === undefined) {
      statements = []
      this.#byLength.set(sql, statements)
    }
    let statement = statements[length]
    if (statement === undefined) {
      statement = this.#driver.prepare(sql.replace('{list}', Array.from({ length }, () => item).join(', ')))
      statements[length] = statement
    }
    return statement
  }
}

/** Where a page that goes down from its cursor starts; at the top where the cursor says nothing. */
export function cursorNumber(cursor: string | undefined): number {
  const number = cursor === undefined ? Number.NaN : Number(cursor)
  return Number.isSafeInteger(number) ? number : Number.MAX_SAFE_INTEGER
}

/** A list longer than this is worked through in pieces, so that the number of prepared statements stays bounded. */
export const LIST_PIECE = 32

export function pieces<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length <= LIST_PIECE) return items.length === 0 ? [] : [items]
  const count = Math.ceil(items.length / LIST_PIECE)
  return Array.from({ length: count }, (_, at) => items.slice(at * LIST_PIECE, (at + 1) * LIST_PIECE))
}
