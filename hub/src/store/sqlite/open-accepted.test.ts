import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { used, killed, sql, tagsIn } from './contract/found-files.ts'
import { ACTOR, makeSession, startHelper, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let database: string

beforeEach(() => {
  workshop = new Workshop()
  database = workshop.database
})

afterEach(() => workshop.remove())

describe('what is taken as it is', () => {
  test('a database that others could read is closed to them, with a notice', async () => {
    await used(workshop)
    for (const end of ['', '.lock', '.mark']) chmodSync(database + end, 0o644)
    const store = workshop.closing(await openSqliteStore(database))
    const files = ['', '.lock', '.mark'].map((end) => database + end)
    for (const file of files) expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    expect(store.notices).toEqual(
      files.map((file) => `${file} could be read by others; its mode is 0600 now`),
    )
  })

  test('a table, an index and a trigger that somebody added do no harm', async () => {
    const key = await used(workshop)
    await sql(
      database,
      `
      create table mine (key integer primary key, text text);
      create index mine_by_text on mine (text);
      create index fields_by_name on session_field (name);
      create trigger mine_on_insert after insert on journal begin insert into mine (text) values (new.op); end`,
    )
    const store = workshop.closing(await openSqliteStore(database))
    const answer = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { name: 'new' } })
    expect(answer).toMatchObject({ kind: 'written', version: 2 })
    expect(await withSql(database, (driver) => driver.prepare('select text from mine').all())).toEqual([
      { text: 'patch' },
    ])
  })

  test('a link is followed, and the log lies beside the file itself', async () => {
    await used(workshop)
    mkdirSync(workshop.file('elsewhere'))
    symlinkSync(database, workshop.file('elsewhere/link.db'))
    const store = workshop.closing(await openSqliteStore(workshop.file('elsewhere/link.db')))
    await makeSession(store, 'new')
    expect(existsSync(`${database}-wal`)).toBe(true)
    expect(existsSync(workshop.file('elsewhere/link.db-wal'))).toBe(false)
    expect((await store.listSessions({ namespace: 'default', limit: 10 })).items).toHaveLength(4)
  })

  test('a file that was brought to another way of journaling is brought back', async () => {
    await used(workshop)
    await sql(database, 'pragma journal_mode = delete')
    expect(await tagsIn(database)).toHaveLength(3)
    const mode = await withSql(database, (driver) => driver.prepare('pragma journal_mode').get())
    expect(mode).toEqual({ journal_mode: 'wal' })
  })

  test('a write that was cut off in the other way of journaling is undone', async () => {
    await used(workshop, 50)
    const helper = startHelper(
      workshop,
      database,
      `const driver = openDriver(path)
       driver.exec('pragma journal_mode = delete; pragma cache_size = 1; pragma cache_spill = 1; begin immediate')
       driver.exec("update session_field set value = '1'; delete from journal; update session set tag = 'x' || key")
       console.log('half way')`,
    )
    expect(await helper.line()).toBe('half way')
    await helper.kill()
    expect(existsSync(`${database}-journal`)).toBe(true)
    const tags = await tagsIn(database)
    expect(tags).toHaveLength(50)
    expect(tags.every((tag) => tag.startsWith('tag '))).toBe(true)
  })

  test('pages of another size', async () => {
    for (const size of [512, 65_536]) {
      const path = workshop.file(`pages-${size}.db`)
      await withSql(path, (driver) =>
        driver.exec(`pragma page_size = ${size}; pragma journal_mode = wal; vacuum`),
      )
      const store = await openSqliteStore(path)
      await makeSession(store, 'a', { note: 'x'.repeat(100_000) })
      await store.close()
      expect(await tagsIn(path)).toEqual(['a'])
    }
  })

  test('text in UTF-16', async () => {
    await withSql(database, (driver) =>
      driver.exec(`pragma encoding = 'UTF-16le'; pragma user_version = 0; vacuum`),
    )
    const store = await openSqliteStore(database)
    const key = await makeSession(store, 'a', { name: 'caf\u00E9 \u{1F600}', claudeSessionId: 'talk-1' })
    await store.close()
    const again = workshop.closing(await openSqliteStore(database))
    expect((await again.readSession(key))?.metadata).toEqual({
      name: 'caf\u00E9 \u{1F600}',
      claudeSessionId: 'talk-1',
    })
  })

  test('a log as a killed hub leaves it: nothing is lost', async () => {
    await killed(workshop)
    expect(await tagsIn(database)).toHaveLength(20)
  })

  test('an index of the log that is gone or garbage is made again', async () => {
    await killed(workshop)
    writeFileSync(`${database}-shm`, Buffer.alloc(32_768, 0x5a))
    expect(await tagsIn(database)).toHaveLength(20)
  })
})
