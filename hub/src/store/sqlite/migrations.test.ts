import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ACTOR,
  makeSession,
  rejectionOf,
  sha256Of,
  startHelper,
  withSql,
  Workshop,
} from './contract/workshop.ts'
import { readMigrations, type Migration } from './migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'

const FIRST = readMigrations()
const newest = FIRST.at(-1)?.id ?? 0
const NOTE: Migration = {
  id: newest + 1,
  name: 'note',
  sql: `-- compatible
    create table note (key integer primary key, text text not null) strict;
    insert into note (text) select tag from session;
    create index note_by_text on note (text);`,
}
const COLOUR: Migration = {
  id: newest + 2,
  name: 'colour',
  sql: '-- compatible\ncreate table colour (key integer primary key) strict;',
}
const FAILING: Migration = {
  ...NOTE,
  sql: `${NOTE.sql}\ndelete from session_field;\ninsert into nowhere values (1);`,
}

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

async function openWith(migrations: readonly Migration[]): Promise<readonly string[]> {
  const store = await openSqliteStore(workshop.database, { migrations, now: () => 1234 })
  await store.close()
  return store.notices
}

async function madeByThisRelease(): Promise<void> {
  const store = await openSqliteStore(workshop.database)
  const session = await makeSession(store, 'a', { path: '/p', cursorSessionId: 'chat-1' })
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'one' } })
  await store.close()
}

interface State {
  readonly userVersion: number
  readonly ids: readonly number[]
  readonly objects: readonly string[]
  readonly fields: number
}

function stateOf(): Promise<State> {
  return withSql(workshop.database, (driver) => ({
    userVersion: driver.prepare('pragma user_version').get<{ user_version: number }>()?.user_version ?? -1,
    ids: driver
      .prepare('select id from schema_migration order by id')
      .all<{ id: number }>()
      .map(({ id }) => id),
    objects: driver
      .prepare(
        `select name from sqlite_schema where name in ('note', 'note_by_text', 'colour') order by name`,
      )
      .all<{ name: string }>()
      .map(({ name }) => name),
    fields: driver.prepare('select count(*) as n from session_field').get<{ n: number }>()?.n ?? -1,
  }))
}

describe('a new file', () => {
  test('gets every migration, each recorded by itself with the hash of its text', async () => {
    expect(await openWith([...FIRST, NOTE, COLOUR])).toEqual([])
    const rows = await withSql(workshop.database, (driver) =>
      driver.prepare('select id, name, sha256, at from schema_migration order by id').all(),
    )
    expect(rows).toEqual(
      [...FIRST, NOTE, COLOUR].map(({ id, name, sql }) => ({
        id,
        name,
        sha256: createHash('sha256').update(sql).digest('hex'),
        at: 1234,
      })),
    )
  })

  test('is recognised afterwards as ours', async () => {
    await openWith(FIRST)
    const row = await withSql(workshop.database, (driver) =>
      driver.prepare('pragma application_id').get<{ application_id: number }>(),
    )
    expect(row?.application_id.toString(16)).toBe('68667374')
  })
})

describe('an older file', () => {
  test('is brought to the newest schema, with all that it held', async () => {
    await madeByThisRelease()
    expect(await openWith([...FIRST, NOTE])).toEqual([`schema brought to ${NOTE.id}`])
    expect(await stateOf()).toEqual({
      userVersion: NOTE.id,
      ids: [...FIRST.map(({ id }) => id), NOTE.id],
      objects: ['note', 'note_by_text'],
      fields: 3,
    })
    const notes = await withSql(workshop.database, (driver) => driver.prepare('select text from note').all())
    expect(notes).toEqual([{ text: 'a' }])
    const store = workshop.closing(await openSqliteStore(workshop.database, { migrations: [...FIRST, NOTE] }))
    const { items } = await store.listSessions({ namespace: 'default', limit: 10 })
    expect(items[0]).toMatchObject({
      metadataVersion: 2,
      metadata: { cursorSessionId: 'chat-1', name: 'one' },
    })
  })

  test('a second time nothing is left to do', async () => {
    await madeByThisRelease()
    await openWith([...FIRST, NOTE])
    const before = await stateOf()
    expect(await openWith([...FIRST, NOTE])).toEqual([])
    expect(await stateOf()).toEqual(before)
    const notes = await withSql(workshop.database, (driver) => driver.prepare('select text from note').all())
    expect(notes).toHaveLength(1)
  })

  test('[OP3] an older release refuses it from then on', async () => {
    await madeByThisRelease()
    await openWith([...FIRST, NOTE])
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_newer')
  })
})

/** A session as version 1 of the schema holds it, and its entry in the journal. */
const MADE_BY_VERSION_1 = `
  insert into namespace (key, name, head, floor, journal_bytes) values (1, 'default', 1, 0, 2);
  insert into session
    (key, namespace, id, tag, metadata_version, bytes, keys, protected, seq, created_at, updated_at)
    values (1, 1, 'old', 'a', 1, 30, 1, 'claudeSessionId', 1, 5, 5);
  insert into session_field (session, name, value, version, seq) values (1, 'claudeSessionId', '"talk-1"', 1, 1);
  insert into agent_state (session, value, version) values (1, '{"x":1}', 1);
  insert into journal (namespace, seq, session, version, previous, at, op, actor, reason, changes)
    values (1, 1, 1, 1, 0, 5, 'create', '{"door":"hub"}', null, '{}');
  insert into machine (namespace, id, metadata, metadata_version, runner_state, runner_state_version, created_at, updated_at)
    values (1, 'm1', '{"host":"h"}', 1, 'null', 1, 5, 5)`

async function madeByVersion1(): Promise<void> {
  await openWith(FIRST.slice(0, 1))
  await withSql(workshop.database, (driver) => driver.exec(MADE_BY_VERSION_1))
}

describe('a file of version 1', () => {
  const session = { namespace: 'default', session: 'old' }

  test('is read as it was, and takes settings and devices', async () => {
    await madeByVersion1()
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(store.notices).toEqual([`schema brought to ${newest}`])
    const metadata = { claudeSessionId: 'talk-1' }
    expect(await store.readSession(session)).toMatchObject({ metadata, agentState: { x: 1 }, settings: {} })
    expect(await store.readMachine({ namespace: 'default', machine: 'm1' })).toMatchObject({
      metadata: { host: 'h' },
    })
    expect(await store.listDevices({ namespace: 'default', limit: 9 })).toEqual({
      items: [],
      nextCursor: null,
    })
    expect(await store.updateSettings({ ...session, settings: { model: 'm' } })).toEqual({ changed: true })
    const device = { namespace: 'default', name: 'd', role: 'agent', hash: new Uint8Array(32) } as const
    expect(await store.addDevice(device)).toMatchObject({ namespace: 'default' })
    const write = { ...session, actor: ACTOR, patch: { name: 'new' } }
    expect(await store.patchSessionMetadata(write)).toMatchObject({ version: 2, kept: ['claudeSessionId'] })
  })

  test('[OP3] is refused by the release that made it, once it was brought forward, and left as it is', async () => {
    await madeByVersion1()
    await openWith(FIRST)
    const before = sha256Of(workshop.database)
    expect(await rejectionOf(openWith(FIRST.slice(0, 1)))).toBe('database_newer')
    expect(sha256Of(workshop.database)).toBe(before)
    expect(await openWith(FIRST)).toEqual([])
  })
})

describe('a migration that does not come to its end', () => {
  test('fails and leaves the file at the version before, with all that it held', async () => {
    await madeByThisRelease()
    const before = await stateOf()
    expect(await rejectionOf(openWith([...FIRST, FAILING]))).toBe('database_unusable')
    expect(await stateOf()).toEqual(before)
    expect(await openWith(FIRST)).toEqual([])
    expect(await openWith([...FIRST, NOTE])).toEqual([`schema brought to ${NOTE.id}`])
  })

  test('those before it stay done, and only the rest is run again', async () => {
    await madeByThisRelease()
    const failing = { ...COLOUR, sql: `${COLOUR.sql} insert into nowhere values (1);` }
    expect(await rejectionOf(openWith([...FIRST, NOTE, failing]))).toBe('database_unusable')
    expect(await stateOf()).toMatchObject({ userVersion: NOTE.id, objects: ['note', 'note_by_text'] })
    expect(await openWith([...FIRST, NOTE, COLOUR])).toEqual([`schema brought to ${COLOUR.id}`])
    expect((await stateOf()).ids).toEqual([...FIRST.map(({ id }) => id), NOTE.id, COLOUR.id])
    const notes = await withSql(workshop.database, (driver) => driver.prepare('select text from note').all())
    expect(notes).toHaveLength(1)
  })

  test('[OP3] killed in its middle, it has not happened, and is done at the next start', async () => {
    await madeByThisRelease()
    const before = await stateOf()
    const helper = startHelper(
      workshop,
      workshop.database,
      `const driver = openDriver(path)
       driver.exec('pragma cache_size = 2; pragma cache_spill = 1; begin immediate')
       driver.exec(${JSON.stringify(NOTE.sql)})
       driver.exec('pragma user_version = ${NOTE.id}')
       driver.exec('delete from session_field')
       const insert = driver.prepare('insert into note (text) values (?)')
       for (let n = 0; n < 2000; n += 1) insert.run('x'.repeat(1000))
       console.log('half way')`,
    )
    expect(await helper.line()).toBe('half way')
    await helper.kill()
    expect(existsSync(`${workshop.database}-wal`)).toBe(true)
    expect(await openWith([...FIRST, NOTE])).toEqual([`schema brought to ${NOTE.id}`])
    expect(await stateOf()).toEqual({
      userVersion: NOTE.id,
      ids: [...before.ids, NOTE.id],
      objects: ['note', 'note_by_text'],
      fields: before.fields,
    })
    const notes = await withSql(workshop.database, (driver) => driver.prepare('select text from note').all())
    expect(notes).toEqual([{ text: 'a' }])
  })
})
