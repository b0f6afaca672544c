import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionKey } from '../store.ts'
import { makeSession, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore
let session: SessionKey

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  session = await makeSession(store, 'a', { claudeSessionId: 'talk-1' })
})

afterEach(() => workshop.remove())

function storedText(): Promise<string | undefined> {
  return withSql(
    workshop.database,
    (driver) => driver.prepare('select value from session_settings').get<{ value: string }>()?.value,
  )
}

async function commits(): Promise<number> {
  const select = `select cast(value as integer) as n from meta where key = 'commits'`
  return (await withSql(workshop.database, (driver) => driver.prepare(select).get<{ n: number }>()))?.n ?? -1
}

function settingsIn(from: SqliteStore): Promise<unknown> {
  return from.readSession(session).then((record) => record?.settings)
}

describe('settings in the file', () => {
  test('[CO12] are there after a restart, those of the creation and those said later', async () => {
    const create = { namespace: 'default', tag: 'b', actor: { door: 'hub' }, metadata: {} } as const
    const made = await store.createOrLoadSession({ ...create, settings: { effort: null } })
    await store.updateSettings({ ...session, settings: { model: 'opus' } })
    await store.close()
    const again = workshop.closing(await openSqliteStore(workshop.database))
    expect(await settingsIn(again)).toEqual({ model: 'opus' })
    const loaded = await again.createOrLoadSession(create)
    expect(loaded).toEqual({ ...made, created: false })
    expect(loaded).toMatchObject({ session: { settings: { effort: null } } })
  })

  test('[CO12] take no row where nothing was said', async () => {
    await store.updateSettings({ ...session, settings: {} })
    expect(await storedText()).toBe(undefined)
  })

  test('[ME10] that are said again cost no transaction', async () => {
    await store.updateSettings({ ...session, settings: { model: 'opus', effort: null } })
    const before = await commits()
    for (const settings of [{}, { model: 'opus' }, { model: 'opus', effort: null }])
      expect(await store.updateSettings({ ...session, settings })).toEqual({ changed: false })
    expect(await commits()).toBe(before)
    await store.updateSettings({ ...session, settings: { model: 'other' } })
    expect(await commits()).toBe(before + 1)
  })

  test.each<[string, string]>([
    ['a text that does not end', '{"model":"op'],
    ['an empty text', ''],
    ['null', 'null'],
    ['a list', '["opus"]'],
  ])('[CO12] that are %s are none, and the next that are said replace them', async (_, text) => {
    await store.updateSettings({ ...session, settings: { model: 'opus' } })
    await withSql(workshop.database, (driver) =>
      driver.prepare('update session_settings set value = ?').run(text),
    )
    const record = await store.readSession(session)
    expect(record).toMatchObject({ settings: {}, metadata: { claudeSessionId: 'talk-1' }, damaged: [] })
    expect(await store.updateSettings({ ...session, settings: {} })).toEqual({ changed: false })
    expect(await storedText()).toBe(text)
    expect(await store.updateSettings({ ...session, settings: { effort: 'low' } })).toEqual({ changed: true })
    expect(await settingsIn(store)).toEqual({ effort: 'low' })
  })

  test('[CO12] one of a type that is none is left out, the others are read', async () => {
    await store.updateSettings({ ...session, settings: { model: 'opus' } })
    const text = '{"model":7,"effort":"low","permissionMode":"everything","more":1}'
    await withSql(workshop.database, (driver) =>
      driver.prepare('update session_settings set value = ?').run(text),
    )
    expect(await settingsIn(store)).toEqual({ effort: 'low' })
  })

  test('[OP6] are in a backup', async () => {
    await store.updateSettings({ ...session, settings: { model: 'opus' } })
    const { file } = await store.backup(workshop.file('copy.db'))
    const copy = workshop.closing(await openSqliteStore(file))
    expect(await settingsIn(copy)).toEqual({ model: 'opus' })
  })
})
