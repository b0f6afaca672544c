import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionKey } from '../store.ts'
import { ACTOR, makeSession, rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
})

afterEach(() => workshop.remove())

function patch(session: SessionKey, name: string, expectedVersion?: number) {
  return store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name }, expectedVersion })
}

/** Every seq of the feed with the version it made, from the first on. */
async function feed(): Promise<[number, number][]> {
  const page = await store.readFeed({ namespace: 'default', after: 0, limit: 1000 })
  if (page.kind !== 'changes') throw new Error(page.kind)
  expect(page.changes.map((change) => change.seq)).toEqual(page.changes.map((_, index) => index + 1))
  expect(page.head).toBe(page.changes.length)
  return page.changes.map((change) => [change.seq, change.version])
}

describe('what the writer remembers', () => {
  test('[VE2] a version that another program wrote between two writes is seen', async () => {
    const session = await makeSession(store, 'a')
    expect(await patch(session, 'one')).toMatchObject({ version: 2 })
    await withSql(workshop.database, (driver) => driver.exec('update session set metadata_version = 41'))
    expect(await patch(session, 'two', 2)).toMatchObject({ kind: 'written', rebasedFrom: 2, version: 42 })
    expect((await store.readSession(session))?.metadataVersion).toBe(42)
  })

  test('[FE1] a feed that another program moved on is gone on with, not written over', async () => {
    const session = await makeSession(store, 'a')
    await patch(session, 'one')
    await withSql(workshop.database, (driver) =>
      driver.exec(`
        begin immediate;
        insert into journal (namespace, seq, session, version, previous, at, op, actor, reason, changes)
          select namespace, 3, session, 3, 2, at, op, actor, reason, '{}' from journal where seq = 2;
        update session set metadata_version = 3, seq = 3;
        update namespace set head = 3;
        commit`),
    )
    expect(await patch(session, 'two')).toMatchObject({ kind: 'written', version: 4 })
    expect(await feed()).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ])
  })

  test('[VE2] a session that another program made is found', async () => {
    const known = await makeSession(store, 'a')
    await withSql(workshop.database, (driver) => {
      const columns = driver
        .prepare(`select name from pragma_table_info('session') where name <> 'key'`)
        .all<{ name: string }>()
        .map(({ name }) => name)
      const own: Record<string, string> = { id: `'by-hand'`, tag: `'b'`, metadata_version: '5' }
      const values = columns.map((name) => own[name] ?? name)
      driver.exec(`insert into session (${columns.join()}) select ${values.join()} from session`)
      driver.exec(`insert into agent_state (session, value, version) select max(key), 'null', 1 from session`)
    })
    const session = { namespace: known.namespace, session: 'by-hand' }
    expect(await store.readSession(session)).toMatchObject({ metadataVersion: 5 })
    expect(await patch(session, 'one')).toMatchObject({ kind: 'written', version: 6 })
  })
})

describe('the fields that a writer remembers', () => {
  test('[VE2] a value that another program wrote between two writes is what the next write finds', async () => {
    const session = await makeSession(store, 'a')
    await patch(session, 'one')
    await patch(session, 'two')
    await withSql(workshop.database, (driver) =>
      driver.exec(`update session_field set value = '"by hand"' where name = 'name'`),
    )
    expect(await patch(session, 'by hand')).toMatchObject({ kind: 'written', changed: [] })
    expect(await patch(session, 'two')).toMatchObject({ kind: 'written', changed: ['name'] })
  })

  test('[VE1] a write that is rolled back leaves nothing of itself in memory', async () => {
    const session = await makeSession(store, 'a')
    await patch(session, 'one')
    await spoil()
    const bad = { ...session, actor: ACTOR, reason: 'bad', patch: { name: 'two' } }
    expect(await rejectionOf(store.patchSessionMetadata(bad))).toBe('internal')
    expect(await patch(session, 'one')).toMatchObject({ kind: 'written', changed: [], version: 2 })
    expect(await patch(session, 'two')).toMatchObject({ kind: 'written', changed: ['name'], version: 3 })
  })

  test('[VE2] a field that was removed, or never there, is found again when it is set', async () => {
    const session = await makeSession(store, 'a')
    const write = (value: string | null) =>
      store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { extra: value } })
    for (const value of ['one', null, 'two', 'x'.repeat(10_000), 'three']) {
      expect(await write(value)).toMatchObject({ kind: 'written', changed: ['extra'] })
      expect(await write(value)).toMatchObject({ kind: 'written', changed: [] })
      expect((await store.readSession(session))?.metadata['extra'] ?? null).toBe(value)
    }
  })
})

async function spoil(): Promise<void> {
  await withSql(workshop.database, (driver) =>
    driver.exec(`create trigger spoil before insert on journal when new.reason = 'bad'
                 begin select raise(abort, 'spoiled by hand'); end`),
  )
}

describe('a rollback makes it forget', () => {
  test('[VE1][FE1] versions and seqs stay contiguous when writes fail between others', async () => {
    const sessions = [await makeSession(store, 'a'), await makeSession(store, 'b')]
    await spoil()
    const outcomes: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const writes = sessions.flatMap((session) =>
        ['good', 'bad', 'good'].map((reason, n) => {
          const name = `${round} ${n}`
          return store.patchSessionMetadata({ ...session, actor: ACTOR, reason, patch: { name } })
        }),
      )
      for (const write of writes)
        outcomes.push(
          await write.then(
            ({ kind }) => kind,
            () => rejectionOf(write),
          ),
        )
    }
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => ['written', 'internal', 'written']).flat())
    const versions = await feed()
    expect(versions).toHaveLength(2 + 20)
    for (const session of sessions) {
      expect((await store.readSession(session))?.metadataVersion).toBe(11)
      const history = await store.sessionHistory({ ...session, limit: 100 })
      expect(history?.items.map((entry) => entry.version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    }
  })

  test('[VE1] a session whose making failed is not there, and can be made again', async () => {
    await makeSession(store, 'a')
    await spoil()
    const request = { namespace: 'default', tag: 'b', id: 'chosen', actor: ACTOR, metadata: { name: 'b' } }
    expect(await rejectionOf(store.createOrLoadSession({ ...request, reason: 'bad' }))).toBe('internal')
    expect(await store.readSession({ namespace: 'default', session: 'chosen' })).toBe(null)
    expect(await store.createOrLoadSession(request)).toMatchObject({ kind: 'session', created: true })
    expect(await feed()).toEqual([
      [1, 1],
      [2, 1],
    ])
  })

  test('[FE1] a namespace whose first write failed begins with seq 1', async () => {
    await makeSession(store, 'a')
    await spoil()
    const request = { namespace: 'new', tag: 'b', actor: ACTOR, metadata: {} }
    expect(await rejectionOf(store.createOrLoadSession({ ...request, reason: 'bad' }))).toBe('internal')
    expect(await store.namespaces()).toEqual(['default'])
    await store.createOrLoadSession(request)
    const page = await store.readFeed({ namespace: 'new', after: 0, limit: 10 })
    expect(page).toMatchObject({ kind: 'changes', head: 1, changes: [{ seq: 1, version: 1 }] })
  })

  test('[VE5] a mutation id whose write failed is free for the next try', async () => {
    const session = await makeSession(store, 'a')
    await spoil()
    const request = { ...session, actor: ACTOR, patch: { name: 'one' }, mutationId: 'mutation-0000001' }
    expect(await rejectionOf(store.patchSessionMetadata({ ...request, reason: 'bad' }))).toBe('internal')
    const answer = await store.patchSessionMetadata(request)
    expect(answer).toMatchObject({ kind: 'written', version: 2 })
    expect('replayed' in answer).toBe(false)
    expect(await store.patchSessionMetadata(request)).toMatchObject({ version: 2, replayed: true })
  })
})

describe('what pruning took', () => {
  test('[JO3] can not be restored by a hub that starts afterwards, whatever the one before remembered', async () => {
    const session = await makeSession(store, 'a')
    for (const name of ['two', 'three', 'four', 'five']) await patch(session, name)
    const kept = { namespace: session.namespace, keepEntries: 2, keepBytes: 1e9, limit: 10 }
    expect(await store.prune(kept)).toMatchObject({ entries: 3 })
    await store.close()
    store = workshop.closing(await openSqliteStore(workshop.database))
    const undo = (version: number) => store.restoreSession({ ...session, actor: ACTOR, version })
    expect(await undo(2)).toMatchObject({ kind: 'refused', code: 'history_pruned' })
    expect(await undo(4)).toMatchObject({ kind: 'written', version: 6 })
  })

  test('[VE4] leaves a later removal to be seen by a hub that starts afterwards', async () => {
    const session = await makeSession(store, 'a')
    const write = (value: unknown, expectedVersion?: number) =>
      store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { extra: value }, expectedVersion })
    for (const value of ['one', null]) await write(value)
    await patch(session, 'four')
    const kept = { namespace: session.namespace, keepEntries: 2, keepBytes: 1e9, limit: 10 }
    expect(await store.prune(kept)).toMatchObject({ entries: 2 })
    await store.close()
    store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await write('again', 2)).toMatchObject({ kind: 'version-mismatch', current: { extra: null } })
  })
})
