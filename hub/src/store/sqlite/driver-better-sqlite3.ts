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
      const statement = db.prepare(text)
      let lists: Database.Statement | null = null
      return strictStatement(text, {
        // Given one by one: the library takes longer to look into a list.
        run: (params) => statement.run(...params),
        get: (params) => statement.get(...params),
        all: (params) => statement.all(...params),
        values(params) {
          lists ??= db.prepare(text).raw(true)
          return lists.all(...params) as unknown[][]
        },
      })
    },
    close: () => void db.close(),
  }
}
