import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ACTOR, makeSession, rejectionOf, startHelper, withSql, Workshop } from './contract/workshop.ts'
import { loadDriver } from './driver.ts'
import { openFile } from './open.ts'
import { openSqliteStore, SqliteStore } from './sqlite-store.ts'
import type { SessionKey } from '../store.ts'

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

function synchronousOf(driver: {
  prepare(sql: string): { get<Row>(): Row | undefined }
}): number | undefined {
  return driver.prepare('pragma synchronous').get<{ synchronous: number }>()?.synchronous
}

async function storedVersion(file: string, session: SessionKey): Promise<number | undefined> {
  return withSql(
    file,
    (driver) =>
      driver
        .prepare('select metadata_version as version from session where id = ?')
        .get<{ version: number }>(session.session)?.version,
    { readonly: true },
  )
}

async function commitsOf(file: string): Promise<number> {
  const select = `select cast(value as integer) as commits from meta where key = 'commits'`
  const row = await withSql(file, (driver) => driver.prepare(select).get<{ commits: number }>(), {
    readonly: true,
  })
  return row?.commits ?? Number.NaN
}

describe('an answer comes after the commit is durable', () => {
  test('[VE6] the connection that writes flushes every commit, and says so after a write', async () => {
    for (const round of ['a new file', 'a file that is there']) {
      const opened = await openFile(workshop.database, { now: Date.now })
      try {
        opened.driver.exec(`insert into namespace (name) values ('${round}')`)
        expect({ round, synchronous: synchronousOf(opened.driver) }).toEqual({ round, synchronous: 2 })
      } finally {
        opened.release()
      }
    }
  })

  test('[VE6] the setting is what keeps it so: a connection that is not told may do less', async () => {
    workshop.closing(await openSqliteStore(workshop.database))
    const other = (await loadDriver())(workshop.database)
    try {
      other.exec(`pragma synchronous = normal; insert into namespace (name) values ('x')`)
      expect(synchronousOf(other)).toBe(1)
    } finally {
      other.close()
    }
  })

  test('[VE6] at the moment a write is answered, another connection sees it', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const session = await makeSession(store, 'a')
    for (let version = 2; version <= 20; version += 1) {
      const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { n: version } })
      expect(answer).toMatchObject({ kind: 'written', version })
      expect(await storedVersion(workshop.database, session)).toBe(version)
    }
  })

  test('[VE6] what was answered is there after the process was killed', async () => {
    const script = `
      const store = await openSqliteStore(path)
      const actor = { door: 'hub' }
      const made = await store.createOrLoadSession({ namespace: 'default', tag: 'a', actor, metadata: {} })
      for (let n = 2; ; n += 1) {
        const answer = await store.patchSessionMetadata({ namespace: 'default', session: made.session.id, actor, patch: { n } })
        console.log(answer.version)
      }`
    const helper = startHelper(workshop, workshop.database, script)
    let acknowledged = 0
    while (acknowledged < 50) acknowledged = Number(await helper.line())
    await helper.kill()
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const { items } = await store.listSessions({ namespace: 'default', limit: 1, fields: ['n'] })
    expect(items[0]?.metadataVersion).toBeGreaterThanOrEqual(acknowledged)
    expect(items[0]?.metadata['n']).toBe(items[0]?.metadataVersion)
  })
})

describe('writes that arrive together', () => {
  test('[VE6] share one commit', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const sessions = await Promise.all(Array.from({ length: 50 }, (_, n) => makeSession(store, `tag ${n}`)))
    const before = await commitsOf(workshop.database)
    const answers = await Promise.all(
      sessions.map((session, n) => store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { n } })),
    )
    expect(answers.map((answer) => answer.kind)).toEqual(answers.map(() => 'written'))
    expect(await commitsOf(workshop.database)).toBe(before + 1)
  })

  test('[VE6] those to one session share it as well, and each is a version of its own', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const session = await makeSession(store, 'a')
    const before = await commitsOf(workshop.database)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { n } }),
      ),
    )
    expect(answers.map((answer) => (answer.kind === 'written' ? answer.version : answer.kind))).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 2),
    )
    expect(await commitsOf(workshop.database)).toBe(before + 1)
  })

  test('[VE6] fail alone: a bad one takes none of the others with it', async () => {
    const made = await openSqliteStore(workshop.database)
    const sessions = await Promise.all(['a', 'bad', 'c'].map((tag) => makeSession(made, tag)))
    await made.close()
    await withSql(workshop.database, (driver) =>
      driver.exec(`create trigger spoil before update on session when new.tag = 'bad'
                   begin select raise(abort, 'spoiled by hand'); end`),
    )
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const before = await store.readFeed({ namespace: 'default', after: 0, limit: 100 })
    const head = before.kind === 'changes' ? before.head : -1
    const outcomes = await Promise.all(
      sessions.map(async (session) => {
        const write = store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
        return write.then(
          (answer) => answer.kind,
          () => rejectionOf(write),
        )
      }),
    )
    expect(outcomes).toEqual(['written', 'internal', 'written'])
    const feed = await store.readFeed({ namespace: 'default', after: head, limit: 100 })
    expect(feed).toMatchObject({
      kind: 'changes',
      changes: [
        { seq: head + 1, session: sessions[0]?.session, version: 2 },
        { seq: head + 2, session: sessions[2]?.session, version: 2 },
      ],
    })
    for (const [index, version] of [2, 1, 2].entries()) {
      const record = await store.readSession(sessions[index] ?? { namespace: '', session: '' })
      expect(record?.metadataVersion).toBe(version)
    }
  })
})

async function patch(store: SqliteStore, session: SessionKey, name: string): Promise<string> {
  const write = store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name } })
  return write.then(
    (answer) => answer.kind,
    () => rejectionOf(write),
  )
}

describe('trouble with the file', () => {
  test('a lock that another program holds makes writes busy, reads go on, and it heals', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const session = await makeSession(store, 'a')
    await withSql(workshop.database, async (other) => {
      other.exec('begin immediate')
      expect(await patch(store, session, 'one')).toBe('storage_busy')
      expect((await store.readSession(session))?.metadataVersion).toBe(1)
      other.exec('rollback')
    })
    expect(await patch(store, session, 'two')).toBe('written')
    expect(await store.readSession(session)).toMatchObject({ metadataVersion: 2, metadata: { name: 'two' } })
  })

  test('[OP5] a full disk refuses writes, lets reads work, and heals without a restart', async () => {
    const opened = await openFile(workshop.database, { now: Date.now })
    const store = workshop.closing(new SqliteStore(opened, { now: Date.now, newId: randomUUID }))
    const session = await makeSession(store, 'a')
    const pages = opened.driver.prepare('pragma page_count').get<{ page_count: number }>()?.page_count ?? 0
    opened.driver.exec(`pragma max_page_count = ${pages}`)
    const big = 'x'.repeat(200_000)
    for (let n = 0; n < 3; n += 1) expect(await patch(store, session, big)).toBe('storage_full')
    expect(await store.readSession(session)).toMatchObject({ metadataVersion: 1, metadata: {} })
    opened.driver.exec('pragma max_page_count = 1073741823')
    expect(await patch(store, session, big)).toBe('written')
    expect((await store.readSession(session))?.metadataVersion).toBe(2)
  })

  test('a queue that is full refuses at once with overloaded, and goes on with what it took', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const session = await makeSession(store, 'a')
    const value = 'x'.repeat(250 * 1024)
    const writes = Array.from({ length: 400 }, (_, n) => patch(store, session, `${n} ${value}`))
    const outcomes = await Promise.all(writes)
    const taken = outcomes.indexOf('overloaded')
    expect(taken).toBeGreaterThan(100)
    expect(outcomes.slice(0, taken).every((outcome) => outcome === 'written')).toBe(true)
    expect(outcomes.slice(taken).every((outcome) => outcome === 'overloaded')).toBe(true)
    expect(await patch(store, session, 'small')).toBe('written')
    expect((await store.readSession(session))?.metadataVersion).toBe(taken + 2)
  })

  test('closing waits for what was taken, answers it, and refuses what comes after', async () => {
    const store = await openSqliteStore(workshop.database)
    const session = await makeSession(store, 'a')
    const taken = Array.from({ length: 5 }, (_, n) => patch(store, session, `${n}`))
    await new Promise((done) => process.nextTick(done))
    const closing = store.close()
    expect(await Promise.all(taken)).toEqual(taken.map(() => 'written'))
    await closing
    expect(await patch(store, session, 'late')).toBe('store_stopped')
    expect(await rejectionOf(store.readSession(session))).toBe('store_stopped')
    expect(readdirSync(workshop.folder).toSorted()).toEqual([
      'holdfast.db',
      'holdfast.db.lock',
      'holdfast.db.mark',
    ])
  })
})
