import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
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
import { restoreBackup, VERSION_STEP } from './restore-backup.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { SessionKey } from '../store.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const options = { now: (): number => NOW }

let workshop: Workshop
let backup: string
let session: SessionKey
let epoch: string
let head: number

/** A database at version 4 whose backup is at version 3. */
beforeEach(async () => {
  workshop = new Workshop()
  backup = workshop.file('backup.db')
  const store = await openSqliteStore(workshop.database)
  session = await makeSession(store, 'a', {
    path: '/p',
    cursorSessionId: 'chat-1',
    cursorSessionProtocol: 'acp',
  })
  await store.patchSessionMetadata({
    ...session,
    actor: ACTOR,
    patch: { name: 'two', cursorSessionId: 'chat-2' },
  })
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'three' } })
  await store.updateAgentState({ ...session, expectedVersion: 1, agentState: { n: 1 } })
  await store.createOrLoadMachine({ namespace: 'default', id: 'm1', metadata: { host: 'h' } })
  await store.backup(backup)
  const feed = await store.readFeed({ namespace: 'default', after: 0, limit: 100 })
  head = feed.head
  epoch = store.epoch
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'four' } })
  await store.close()
})

afterEach(() => workshop.remove())

/** A backup that knows two devices; in the database one was revoked since, and one was added and revoked. */
async function revokeAfterBackup(target: string): Promise<string> {
  const store = await openSqliteStore(workshop.database)
  const add = async (name: string): Promise<string> => {
    const added = await store.addDevice({
      namespace: 'default',
      name,
      role: 'agent',
      hash: new Uint8Array(32),
    })
    if ('kind' in added) throw new Error(added.message)
    return added.id
  }
  const [lost] = [await add('lost laptop'), await add('desk')]
  await store.revokeDevice({ namespace: 'default', device: await add('revoked before') })
  await store.backup(target)
  await store.revokeDevice({ namespace: 'default', device: lost })
  await store.revokeDevice({ namespace: 'default', device: await add('added later') })
  await store.close()
  return lost
}

describe('a device that was revoked after the backup was made', () => {
  test('[OP6][SE1] stays revoked, and is named', async () => {
    const target = workshop.file('with-devices.db')
    const lost = await revokeAfterBackup(target)
    const restored = await restoreBackup(target, workshop.database, options)
    expect(restored.revoked).toEqual([{ id: lost, namespace: 'default', name: 'lost laptop' }])
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await store.findDevice(lost)).toMatchObject({ revokedAt: expect.any(Number) })
  })

  test('[OP6][SE1] can not be named where there is nothing to compare with', async () => {
    const target = workshop.file('with-devices.db')
    await revokeAfterBackup(target)
    expect((await restoreBackup(target, workshop.file('new.db'), options)).revoked).toBeNull()
    writeFileSync(workshop.file('junk.db'), 'x'.repeat(8192))
    expect((await restoreBackup(target, workshop.file('junk.db'), options)).revoked).toBeNull()
  })
})

describe('a restored database', () => {
  test('[OP6] holds what the backup held, in a new epoch, with every version moved up', async () => {
    const restored = await restoreBackup(backup, workshop.database, options)
    expect(restored.epoch).not.toBe(epoch)
    expect(restored.sessions).toBe(1)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(store.epoch).toBe(restored.epoch)
    expect(await store.readSession(session)).toMatchObject({
      metadataVersion: 3 + VERSION_STEP,
      metadata: { path: '/p', cursorSessionId: 'chat-2', name: 'three' },
      agentState: { n: 1 },
      agentStateVersion: 2 + VERSION_STEP,
      damaged: [],
    })
    expect(await store.readMachine({ namespace: 'default', machine: 'm1' })).toMatchObject({
      metadata: { host: 'h' },
      metadataVersion: 1 + VERSION_STEP,
      runnerStateVersion: 1 + VERSION_STEP,
    })
    expect(VERSION_STEP).toBe(1_000_000)
  })

  test('[OP6][VE3] takes nothing that was made against a version from before', async () => {
    await restoreBackup(backup, workshop.database, options)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    for (const expectedVersion of [1, 2, 3, 4, VERSION_STEP, VERSION_STEP + 2]) {
      const patch = { untouched: 'by anybody since' }
      const patched = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch, expectedVersion })
      expect(patched).toMatchObject({ kind: 'version-mismatch', version: 3 + VERSION_STEP })
      const replaced = await store.updateSessionMetadata({
        ...session,
        actor: ACTOR,
        metadata: { name: 'stale' },
        expectedVersion,
      })
      expect(replaced).toMatchObject({ kind: 'version-mismatch', version: 3 + VERSION_STEP })
    }
    const state = await store.updateAgentState({ ...session, expectedVersion: 2, agentState: { n: 2 } })
    expect(state).toMatchObject({ kind: 'version-mismatch', version: 2 + VERSION_STEP, value: { n: 1 } })
  })

  test('[OP6][VE1] goes on by one from there, and a patch may be rebased again', async () => {
    await restoreBackup(backup, workshop.database, options)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const first = { ...session, actor: ACTOR, patch: { name: 'new' }, expectedVersion: 3 + VERSION_STEP }
    expect(await store.patchSessionMetadata(first)).toMatchObject({
      kind: 'written',
      version: 4 + VERSION_STEP,
    })
    const second = { ...session, actor: ACTOR, patch: { other: 1 }, expectedVersion: 3 + VERSION_STEP }
    expect(await store.patchSessionMetadata(second)).toMatchObject({
      kind: 'written',
      version: 5 + VERSION_STEP,
      rebasedFrom: 3 + VERSION_STEP,
    })
  })

  test('[OP6][FE1] sends a reader of the feed from before to a snapshot, and others on', async () => {
    await restoreBackup(backup, workshop.database, options)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const before = await store.readFeed({ namespace: 'default', after: head, epoch, limit: 10 })
    expect(before).toMatchObject({ kind: 'too_far_behind', because: 'epoch', epoch: store.epoch, head })
    const ahead = await store.readFeed({ namespace: 'default', after: head + 1, limit: 10 })
    expect(ahead).toMatchObject({ kind: 'too_far_behind', because: 'ahead' })
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
    const after = await store.readFeed({ namespace: 'default', after: head, epoch: store.epoch, limit: 10 })
    expect(after).toMatchObject({ kind: 'changes', changes: [{ seq: head + 1, version: 4 + VERSION_STEP }] })
  })

  test('[OP6][JO3][ME14] has its history still: undo and token history reach behind the restore', async () => {
    await restoreBackup(backup, workshop.database, options)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    const history = await store.sessionHistory({ ...session, limit: 10 })
    expect(history?.items.map((entry) => entry.version)).toEqual([3, 2, 1])
    const tokens = await store.tokenHistory({ ...session, limit: 10 })
    expect(tokens?.items.map((token) => token.value)).toEqual(['chat-2', 'chat-1'])
    await store.restoreSession({ ...session, actor: ACTOR, version: 1, fields: ['cursorSessionId'] })
    expect((await store.readSession(session))?.metadata).toMatchObject({
      cursorSessionId: 'chat-1',
      cursorSessionProtocol: 'acp',
    })
  })

  test('[OP6] sets what was there before aside, whole, under a name that says so', async () => {
    const restored = await restoreBackup(backup, workshop.database, options)
    expect(restored.replaced).toBe(`${workshop.database}.replaced-2026-01-02T03-04-05-000Z`)
    const aside = workshop.closing(await openSqliteStore(restored.replaced ?? ''))
    expect(aside.epoch).toBe(epoch)
    expect(await aside.readSession(session)).toMatchObject({ metadataVersion: 4, metadata: { name: 'four' } })
  })

  test('[OP6] sets the log of a killed hub aside as well, and takes nothing from it', async () => {
    const helper = startHelper(
      workshop,
      workshop.database,
      `const store = await openSqliteStore(path)
       const key = { namespace: 'default', session: ${JSON.stringify(session.session)} }
       await store.patchSessionMetadata({ ...key, actor: { door: 'hub' }, patch: { name: 'five' } })
       console.log('written')`,
    )
    expect(await helper.line()).toBe('written')
    await helper.kill()
    expect(statSync(`${workshop.database}-wal`).size).toBeGreaterThan(0)
    const restored = await restoreBackup(backup, workshop.database, options)
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect((await store.readSession(session))?.metadata['name']).toBe('three')
    const aside = workshop.closing(await openSqliteStore(restored.replaced ?? ''))
    expect((await aside.readSession(session))?.metadata['name']).toBe('five')
  })

  test('[OP6] stands where none was, for its owner alone, and leaves no draft', async () => {
    const mask = process.umask(0)
    workshop.later(() => process.umask(mask))
    mkdirSync(workshop.file('new'))
    const target = workshop.file('new/holdfast.db')
    const restored = await restoreBackup(backup, target, options)
    expect(restored.replaced).toBe(null)
    expect((statSync(target).mode & 0o777).toString(8)).toBe('600')
    expect(readdirSync(workshop.file('new')).toSorted()).toEqual([
      'holdfast.db',
      'holdfast.db.lock',
      'holdfast.db.mark',
    ])
    const store = workshop.closing(await openSqliteStore(target))
    expect((await store.readSession(session))?.metadataVersion).toBe(3 + VERSION_STEP)
  })

  test('[OP6] leaves the backup as it is, to be restored again into yet another epoch', async () => {
    const before = sha256Of(backup)
    const first = await restoreBackup(backup, workshop.database, options)
    const second = await restoreBackup(backup, workshop.database, { now: () => NOW + 1000 })
    expect(sha256Of(backup)).toBe(before)
    expect(new Set([epoch, first.epoch, second.epoch]).size).toBe(3)
    expect(readdirSync(workshop.folder).filter((name) => /replaced-[^.]*$/.test(name))).toHaveLength(2)
  })

  test('[OP6] takes the place of one that is damaged, or gone', async () => {
    truncateSync(workshop.database, 5000)
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_damaged')
    await restoreBackup(backup, workshop.database, options)
    const store = await openSqliteStore(workshop.database)
    expect((await store.readSession(session))?.metadataVersion).toBe(3 + VERSION_STEP)
    await store.close()
    rmSync(workshop.database)
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_missing')
    await restoreBackup(backup, workshop.database, { now: () => NOW + 1000 })
    workshop.closing(await openSqliteStore(workshop.database))
  })
})

describe('a restore is refused, and the database is left as it is', () => {
  const sources: readonly (readonly [string, string, (file: string) => unknown])[] = [
    ['a text file', 'database_foreign', (file) => writeFileSync(file, 'Dear diary, '.repeat(1000))],
    ['an empty file', 'database_foreign', (file) => writeFileSync(file, '')],
    [
      'an empty database',
      'database_foreign',
      (file) => withSql(file, (driver) => driver.exec('pragma user_version = 1; vacuum')),
    ],
    [
      'the database of another program',
      'database_foreign',
      (file) => withSql(file, (driver) => driver.exec('create table cookie (name text)')),
    ],
    [
      'the backup of a newer release',
      'database_newer',
      (file) =>
        withSql(backup, (driver) => {
          driver.prepare('vacuum into ?').run(file)
        }).then(() => withSql(file, (driver) => driver.exec('pragma user_version = 9999'))),
    ],
    [
      'a backup that lacks a table',
      'database_damaged',
      (file) =>
        withSql(backup, (driver) => {
          driver.prepare('vacuum into ?').run(file)
        }).then(() => withSql(file, (driver) => driver.exec('drop table mutation'))),
    ],
    [
      'a backup that was cut',
      'database_damaged',
      (file) =>
        withSql(backup, (driver) => {
          driver.prepare('vacuum into ?').run(file)
        }).then(() => truncateSync(file, 20_000)),
    ],
    ['a folder', 'database_unusable', (file) => mkdirSync(file)],
    ['a file that is not there', 'database_unusable', () => undefined],
  ]

  test.each(sources)('[OP6] from %s', async (_, code, make) => {
    const source = workshop.file('source.db')
    await make(source)
    const before = sha256Of(workshop.database)
    expect(await rejectionOf(restoreBackup(source, workshop.database, options))).toBe(code)
    expect(sha256Of(workshop.database)).toBe(before)
    expect(readdirSync(workshop.folder).filter((name) => /restoring|replaced/.test(name))).toEqual([])
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(store.epoch).toBe(epoch)
    expect((await store.readSession(session))?.metadataVersion).toBe(4)
  })

  test('[OP6] from the database itself', async () => {
    expect(await rejectionOf(restoreBackup(workshop.database, workshop.database, options))).toBe(
      'database_unusable',
    )
  })

  test('[OP6][OP3] while a hub runs on it', async () => {
    const store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await rejectionOf(restoreBackup(backup, workshop.database, options))).toBe('database_locked')
    expect((await store.readSession(session))?.metadataVersion).toBe(4)
    const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'five' } })
    expect(answer).toMatchObject({ kind: 'written', version: 5 })
    expect(existsSync(`${workshop.database}.restoring`)).toBe(false)
  })
})

test('[OP6] a database with its log beside it is no backup: its newest writes are not in the file', async () => {
  writeFileSync(`${backup}-wal`, 'frames')
  expect(await rejectionOf(restoreBackup(backup, workshop.database, options))).toBe('database_unusable')
})
