import Database from 'better-sqlite3'
import { oneStatement, strictStatement, type OpenOptions, type SqliteDriver } from './driver.ts'

export function openBetterSqlite3(file: string, options: OpenOptions = {}): SqliteDriver {
  const readonly = options.readonly ?? false
  const db = new Database(file, { readonly, fileMustExist: readonly })
  return {
    library: 'better-sqlite3',
    get inTransaction() {
      return db.inTransaction
    },
    exec: (sql) => void db.exec(sql),
    prepare(sql) {
      const text = oneStatement(sql)
      return strictStatement(text, db.prepare(text))
    },
    close: () => void db.close(),
  }
}
