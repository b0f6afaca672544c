import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { used, killed, messageOf, tagsIn } from './contract/found-files.ts'
import { makeSession, rejectionOf, sha256Of, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let database: string

beforeEach(() => {
  workshop = new Workshop()
  database = workshop.database
})

afterEach(() => workshop.remove())

function saidBy(mark: string): RegExp {
  return new RegExp(mark.replaceAll(/[.]/g, '\\.'))
}

describe('something was taken away or put in its place', () => {
  test('[OP3] a log that was removed after a crash is noticed, at every start, by its mark', async () => {
    await killed(workshop)
    rmSync(`${database}-wal`)
    rmSync(`${database}-shm`, { force: true })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const opening = openSqliteStore(database)
      expect(await rejectionOf(opening)).toBe('database_rolled_back')
      expect(await messageOf(opening)).toMatch(saidBy('holdfast.db.mark'))
    }
  })

  test('[OP3] an old copy is noticed, at every start, though it is only one commit behind', async () => {
    await used(workshop)
    copyFileSync(database, workshop.file('old.db'))
    const store = await openSqliteStore(database)
    await store.close()
    copyFileSync(workshop.file('old.db'), database)
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await rejectionOf(openSqliteStore(database))).toBe('database_rolled_back')
    expect(sha256Of(database)).toBe(sha256Of(workshop.file('old.db')))
  })

  test('[OP3] an old copy is taken once the mark is removed, as the message says', async () => {
    await used(workshop)
    copyFileSync(database, workshop.file('old.db'))
    const store = await openSqliteStore(database)
    await makeSession(store, 'lost')
    await store.close()
    copyFileSync(workshop.file('old.db'), database)
    expect(await messageOf(openSqliteStore(database))).toContain(`remove ${database}.mark`)
    rmSync(`${database}.mark`)
    expect(await tagsIn(database)).toHaveLength(3)
  })

  test('[OP3] another database is noticed, at every start, and left as it is', async () => {
    await used(workshop)
    const other = await openSqliteStore(workshop.file('other.db'))
    for (let n = 0; n < 10; n += 1) await makeSession(other, `other ${n}`)
    await other.close()
    copyFileSync(workshop.file('other.db'), database)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const opening = openSqliteStore(database)
      expect(await rejectionOf(opening)).toBe('database_replaced')
      expect(await messageOf(opening)).toMatch(saidBy('holdfast.db.mark'))
    }
    expect(sha256Of(database)).toBe(sha256Of(workshop.file('other.db')))
  })

  test('[OP3] the log of another database is not taken for its own', async () => {
    await killed(workshop)
    const log = readFileSync(`${database}-wal`)
    rmSync(`${database}-wal`)
    rmSync(`${database}.mark`)
    renameSync(database, workshop.file('empty.db'))
    await used(workshop)
    writeFileSync(`${database}-wal`, log)
    const outcome = await tagsIn(database).catch((error: unknown) =>
      rejectionOf(Promise.reject(error as Error)),
    )
    expect([
      ['tag 2', 'tag 1', 'tag 0'],
      'database_replaced',
      'database_damaged',
      'database_rolled_back',
    ]).toContainEqual(outcome)
  })

  test('a mark that can not be read warns of nothing and stands in nobody\u2019s way', async () => {
    for (const text of ['', '{', 'null', '{"pid":"x"}', '\u0000\u0000']) {
      await used(workshop)
      writeFileSync(`${database}.mark`, text)
      expect(await tagsIn(database)).toHaveLength(3)
      rmSync(`${database}.mark`)
      rmSync(database)
    }
  })
})
