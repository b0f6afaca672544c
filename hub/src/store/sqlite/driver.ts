/**
 * The two SQLite libraries behind one set of semantics: positional parameters only and exactly as many as the text has,
 * one statement per text, no booleans, `undefined` for no row, and a close that leaves no write-ahead log behind.
 */
export type SqlValue = string | number | bigint | null | Uint8Array

export interface RunResult {
  readonly changes: number
  readonly rowid: number
}

export interface Statement {
  run(...params: SqlValue[]): RunResult
  get<Row>(...params: SqlValue[]): Row | undefined
  all<Row>(...params: SqlValue[]): Row[]
  /** The rows as lists of their columns, which costs less where there are many. */
  values(...params: SqlValue[]): SqlValue[][]
}

export interface SqliteDriver {
  readonly library: 'better-sqlite3' | 'bun:sqlite'
  readonly inTransaction: boolean
  /** Any number of statements, without parameters. */
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export interface OpenOptions {
  readonly readonly?: boolean
}

export type OpenDriver = (file: string, options?: OpenOptions) => SqliteDriver

/** Picks the library by the runtime before anything is loaded: a wrong native module ends the process, uncatchably. */
export async function loadDriver(): Promise<OpenDriver> {
  if (process.versions['bun'] !== undefined) return (await import('./driver-bun.ts')).openBun
  return (await import('./driver-better-sqlite3.ts')).openBetterSqlite3
}

/** What a library gives for one prepared statement. */
export interface RawStatement {
  run(params: SqlValue[]): { changes: number; lastInsertRowid: number | bigint }
  get(params: SqlValue[]): unknown
  all(params: SqlValue[]): unknown[]
  values(params: SqlValue[]): unknown[][]
}

export function oneStatement(sql: string): string {
  const text = sql.trim().replace(/;$/, '')
  if (text.includes(';')) throw new TypeError(`One statement was expected: ${text.slice(0, 80)}`)
  return text
}

/** Adds the checks that not both libraries make. The SQL texts are ours and hold no question mark inside a string. */
export function strictStatement(sql: string, raw: RawStatement): Statement {
  const wanted = sql.split('?').length - 1
  const check = (params: readonly SqlValue[]): void => {
    if (params.length !== wanted)
      throw new RangeError(`${params.length} parameters for ${wanted} in: ${sql.slice(0, 80)}`)
    for (let at = 0; at < wanted; at += 1) {
      if (!isBindable(params[at]))
        throw new TypeError(`A ${typeof params[at]} can not be bound in: ${sql.slice(0, 80)}`)
    }
  }
  return {
    run(...params) {
      check(params)
      const { changes, lastInsertRowid } = raw.run(params)
      return { changes, rowid: Number(lastInsertRowid) }
    },
    get<Row>(...params: SqlValue[]) {
      check(params)
      return (raw.get(params) ?? undefined) as Row | undefined
    },
    all<Row>(...params: SqlValue[]) {
      check(params)
      return raw.all(params) as Row[]
    },
    values(...params) {
      check(params)
      return raw.values(params) as SqlValue[][]
    },
  }
}

function isBindable(value: unknown): boolean {
  if (typeof value === 'string' || value === null || typeof value === 'bigint') return true
  if (typeof value === 'number') return Number.isFinite(value)
  return value instanceof Uint8Array
}
