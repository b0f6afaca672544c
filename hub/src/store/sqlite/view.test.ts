import { afterEach, beforeEach, expect, test } from 'vitest'
import { ACTOR, makeSession, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
})

afterEach(() => workshop.remove())

interface ViewRow {
  readonly metadata: string
}

async function metadataInView(session: string): Promise<unknown> {
  const row = await withSql(workshop.database, (driver) =>
    driver.prepare('select metadata from sessions where id = ?').get<ViewRow>(session),
  )
  return row === undefined ? undefined : JSON.parse(row.metadata)
}

test('[ME1] a person at a prompt finds a session with its token in one line of SQL', async () => {
  const { session } = await makeSession(store, 'a', { path: '/p', cursorSessionId: 'chat-1' })
  const row = await withSql(workshop.database, (driver) =>
    driver
      .prepare(
        `select tag, namespace, metadata_version as version, json_extract(metadata, '$.cursorSessionId') as token
         from sessions where id = ?`,
      )
      .get(session),
  )
  expect(row).toEqual({ tag: 'a', namespace: 'default', version: 1, token: 'chat-1' })
})

test('[ME1] the view shows the same document as the store, whatever is in it', async () => {
  const metadata = {
    path: '/p',
    name: 'quotes " \\ \' and \u2028 and \u{1F600}',
    'a.b c': [1, 2.5, -0.1, 9007199254740991, true, null, { deep: [{}] }],
    empty: '',
    list: [],
    object: {},
  }
  const key = await makeSession(store, 'a', metadata)
  expect(await metadataInView(key.session)).toEqual(metadata)
  expect((await store.readSession(key))?.metadata).toEqual(metadata)
})

test('[ME4] what was removed is not shown, though its row is there still', async () => {
  const key = await makeSession(store, 'a', { path: '/p', host: 'h', name: 'a name', note: 'mine' })
  await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { note: null } })
  await store.updateSessionMetadata({
    ...key,
    actor: ACTOR,
    expectedVersion: 2,
    metadata: { path: '/p', host: 'h' },
  })
  expect(await metadataInView(key.session)).toEqual({ path: '/p', host: 'h' })
  const rows = await withSql(workshop.database, (driver) =>
    driver.prepare('select name from session_field where value is null order by name').all(),
  )
  expect(rows).toEqual([{ name: 'name' }, { name: 'note' }])
})

test('[ME1] a session without any field is shown with an empty document', async () => {
  const { session } = await makeSession(store, 'a')
  expect(await metadataInView(session)).toEqual({})
})

test('[ME12] one damaged field hides no other field and no other session', async () => {
  const damaged = await makeSession(store, 'a', { path: '/p', cursorSessionId: 'chat-1', name: 'a name' })
  const whole = await makeSession(store, 'b', { path: '/q' })
  await withSql(workshop.database, (driver) =>
    driver.exec(`update session_field set value = '{"not closed' where name = 'name'`),
  )
  expect(await metadataInView(damaged.session)).toEqual({ path: '/p', cursorSessionId: 'chat-1' })
  expect(await metadataInView(whole.session)).toEqual({ path: '/q' })
})

test.each([
  `insert into sessions (id, tag) values ('x', 'x')`,
  `update sessions set metadata = '{}'`,
  'delete from sessions',
])('nobody can write through the view: %s', async (sql) => {
  const key = await makeSession(store, 'a', { cursorSessionId: 'chat-1' })
  let message = ''
  await withSql(workshop.database, (driver) => {
    try {
      driver.exec(sql)
    } catch (error) {
      message = String(error)
    }
  })
  expect(message).toContain('cannot modify sessions because it is a view')
  expect((await store.readSession(key))?.metadata).toEqual({ cursorSessionId: 'chat-1' })
})
