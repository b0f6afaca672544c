/** The part of Bun's own SQLite module that the driver uses. */
declare module 'bun:sqlite' {
  type Value = string | number | bigint | null | Uint8Array

  interface BunStatement {
    run(...params: Value[]): { changes: number; lastInsertRowid: number | bigint }
    get(...params: Value[]): unknown
    all(...params: Value[]): unknown[]
    values(...params: Value[]): unknown[][]
    finalize(): void
  }

  export class Database {
    constructor(
      file: string,
      options: { readonly?: boolean; create?: boolean; readwrite?: boolean; strict?: boolean },
    )
    readonly inTransaction: boolean
    run(sql: string): unknown
    prepare(sql: string): BunStatement
    close(throwOnError?: boolean): void
  }
}
