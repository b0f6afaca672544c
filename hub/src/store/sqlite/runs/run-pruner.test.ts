import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeSession, withSql, Workshop } from '../contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from '../sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  await makeSession(store, 'a', {})
})

afterEach(() => workshop.remove())

/** How many rows runs take, with what they carried. */
function rows(): Promise<number> {
  return withSql(workshop.database, (driver) =>
    Number(
      driver.prepare('select (select count(*) from run) + (select count(*) from run_token)').values()[0]?.[0],
    ),
  )
}

test('[JO4] of a run that carried more tokens than a step takes, they go a few at a time, and then it', async () => {
  await withSql(workshop.database, (driver) => {
    driver.exec(`
      insert into run (namespace, id, session, kind, state, started_at, ended_at)
      values (1, 'old', 1, 'resume', 'withdrawn', 1, 2)`)
    const token = driver.prepare(`insert into run_token (run, flavor, value) values (1, 'claude', ?)`)
    for (let n = 0; n < 7; n += 1) token.run(`t${n}`)
  })
  const left: number[] = []
  for (let more = true; more;) {
    ;({ more } = await store.prune({ namespace: 'default', keepEntries: 100, keepBytes: 1e9, limit: 3 }))
    left.push(await rows())
  }
  expect(left).toEqual([5, 2, 0])
})
