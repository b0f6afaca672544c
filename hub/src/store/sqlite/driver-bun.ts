import { Database } from 'bun:sqlite'
import { oneStatement, strictStatement, type OpenOptions, type SqliteDriver } from './driver.ts'

export function openBun(file: string, options: OpenOptions = {}): SqliteDriver {
  const readonly = options.readonly ?? false
  const db = new Database(
    file,
    readonly ? { readonly: true, strict: true } : { create: true, readwrite: true, strict: true },
  )
  const statements: { finalize(): void }[] = []
  return {
    library: 'bun:sqlite',
    get inTransaction() {
      return db.inTransaction
    },
    exec: (sql) => void db.run(sql),
    prepare(sql) {
      const text = oneStatement(sql)
      const statement = db.prepare(text)
      statements.push(statement)
      return strictStatement(text, {
        run: (params) => statement.run(...params),
        get: (params) => statement.get(...params),
        all: (params) => statement.all(...params),
        values: (params) => statement.values(...params),
      })
    },
    close() {
      // An open statement would keep the connection, and with it the write-ahead log, alive.
      for (const statement of statements) statement.finalize()
      db.close(true)
    },
  }
}
