// Work on the database file that would hold up the hub: it runs on a thread of its own, with a connection of its own.
// A plain module, so that both runtimes can start it from the source tree and from the built one.
import { parentPort, workerData } from 'node:worker_threads'

async function connect(file) {
  if (process.versions.bun !== undefined) {
    const { Database } = await import('bun:sqlite')
    const db = new Database(file, { readonly: true, strict: true })
    return {
      all(sql, ...params) {
        const statement = db.prepare(sql)
        try {
          return statement.all(...params)
        } finally {
          // An open statement would keep the connection, and with it the write-ahead log, alive.
          statement.finalize()
        }
      },
      close: () => db.close(true),
    }
  }
  const { default: Database } = await import('better-sqlite3')
  const db = new Database(file, { readonly: true, fileMustExist: true })
  return {
    all(sql, ...params) {
      const statement = db.prepare(sql)
      return statement.reader ? statement.all(...params) : (statement.run(...params), [])
    },
    close: () => db.close(),
  }
}

async function work({ job, file, target }) {
  const db = await connect(file)
  try {
    if (job === 'copy') db.all('vacuum into ?', target)
    if (job === 'copy') return { problems: [] }
    return { problems: db.all('pragma integrity_check(5)').map((row) => String(Object.values(row)[0])) }
  } finally {
    db.close()
  }
}

try {
  parentPort?.postMessage({ ok: true, ...(await work(workerData)) })
} catch (error) {
  parentPort?.postMessage({ ok: false, code: error?.code ?? null, message: String(error?.message ?? error) })
}
