import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ACTOR, makeSession, rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'
import type { SessionKey } from '../store.ts'

let workshop: Workshop
let store: SqliteStore

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
})

afterEach(() => workshop.remove())

async function versionIn(file: string, session: SessionKey): Promise<number | undefined> {
  return withSql(
    file,
    (driver) =>
      driver
        .prepare('select metadata_version as version from session where id = ?')
        .get<{ version: number }>(session.session)?.version,
    { readonly: true },
  )
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 1))
}

describe('a backup', () => {
  test('[OP6] taken while writes go on holds everything that was answered before it began', async () => {
    const session = await makeSession(store, 'a', { path: '/p', cursorSessionId: 'chat-1' })
    let acknowledged = 1
    const stop = new AbortController()
    const writer = (async () => {
      while (!stop.signal.aborted) {
        const patch = { n: acknowledged, text: 'x'.repeat(2000) }
        const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch })
        if (answer.kind === 'written') acknowledged = answer.version
      }
    })()
    const made: { file: string; before: number; after: number }[] = []
    for (let n = 0; n < 5; n += 1) {
      await until(() => acknowledged >= (n + 1) * 20)
      const before = acknowledged
      const { file } = await store.backup(workshop.file(`backup-${n}.db`))
      made.push({ file, before, after: acknowledged })
    }
    stop.abort()
    await writer
    for (const { file, before, after } of made) {
      const version = (await versionIn(file, session)) ?? 0
      expect(version).toBeGreaterThanOrEqual(before)
      expect(version).toBeLessThanOrEqual(after + 1)
    }
  })

  test('[OP6] is whole: SQLite finds nothing wrong, and a store opens it with all that it held', async () => {
    const session = await makeSession(store, 'a', { path: '/p', cursorSessionId: 'chat-1' })
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'one' } })
    const target = workshop.file('backup.db')
    expect(await store.backup(target)).toEqual({
      file: target,
      bytes: statSync(target).size,
      epoch: store.epoch,
    })
    const check = await withSql(target, (driver) => driver.prepare('pragma integrity_check').all(), {
      readonly: true,
    })
    expect(check).toEqual([{ integrity_check: 'ok' }])
    const copy = workshop.closing(await openSqliteStore(target))
    expect(copy.epoch).toBe(store.epoch)
    expect(await copy.readSession(session)).toEqual(await store.readSession(session))
    expect(await copy.sessionHistory({ ...session, limit: 10 })).toEqual(
      await store.sessionHistory({ ...session, limit: 10 }),
    )
    expect(await copy.readFeed({ namespace: 'default', after: 0, limit: 10 })).toEqual(
      await store.readFeed({ namespace: 'default', after: 0, limit: 10 }),
    )
  })

  test('[OP6] can be read by its owner alone, and lies alone: no log, no draft', async () => {
    const mask = process.umask(0)
    workshop.later(() => process.umask(mask))
    mkdirSync(workshop.file('backups'))
    await store.backup(workshop.file('backups/backup.db'))
    expect((statSync(workshop.file('backups/backup.db')).mode & 0o777).toString(8)).toBe('600')
    expect(readdirSync(workshop.file('backups'))).toEqual(['backup.db'])
  })

  test('[OP6] with a name made of quotes and marks goes to that very name', async () => {
    const target = workshop.file(`it's "a" ? backup; --.db`)
    await store.backup(target)
    expect(existsSync(target)).toBe(true)
  })
})

describe('a backup is refused, and changes nothing', () => {
  test('[OP6] where its file is there already', async () => {
    const target = workshop.file('precious.txt')
    writeFileSync(target, 'precious')
    expect(await rejectionOf(store.backup(target))).toBe('file_exists')
    mkdirSync(workshop.file('folder'))
    expect(await rejectionOf(store.backup(workshop.file('folder')))).toBe('file_exists')
    expect(readFileSync(target, 'utf8')).toBe('precious')
  })

  test('[OP6] where its file is a link, also one to nowhere', async () => {
    const target = workshop.file('backup.db')
    symlinkSync(workshop.file('nowhere.db'), target)
    expect(await rejectionOf(store.backup(target))).toBe('file_exists')
    expect(lstatSync(target).isSymbolicLink()).toBe(true)
    expect(existsSync(workshop.file('nowhere.db'))).toBe(false)
  })

  test('[OP6] while another one is made, and afterwards no more', async () => {
    const codes = await Promise.all([1, 2].map(() => rejectionOf(store.backup(workshop.file('one.db')))))
    expect(codes).toEqual(['nothing went wrong', 'storage_busy'])
    await store.backup(workshop.file('two.db'))
    expect(existsSync(workshop.file('two.db'))).toBe(true)
  })

  test('[OP6] where its file is one of the running database, by whichever way it is named', async () => {
    const session = await makeSession(store, 'a', { cursorSessionId: 'chat-1' })
    symlinkSync(workshop.folder, workshop.file('other'))
    const refused: string[] = []
    for (const end of ['', '-wal', '-shm', '.lock', '.mark'])
      for (const path of ['holdfast.db', './x/../holdfast.db', 'other/holdfast.db'])
        refused.push(await rejectionOf(store.backup(`${workshop.folder}/${path}${end}`)))
    expect(refused.filter((code) => code !== 'database_unusable' && code !== 'file_exists')).toEqual([])
    expect((await store.readSession(session))?.metadata).toEqual({ cursorSessionId: 'chat-1' })
  })

  test('[OP6] where its draft would have the name of the running database', async () => {
    const running = workshop.closing(await openSqliteStore(workshop.file('live.part')))
    const session = await makeSession(running, 'a', { cursorSessionId: 'chat-1' })
    expect(await rejectionOf(running.backup(workshop.file('live')))).toBe('database_unusable')
    expect(existsSync(workshop.file('live.part'))).toBe(true)
    expect(await versionIn(workshop.file('live.part'), session)).toBe(1)
  })

  test('[OP6] where its folder is not there, and no draft is left', async () => {
    expect(await rejectionOf(store.backup(workshop.file('nowhere/backup.db')))).toBe('database_unusable')
    expect(await rejectionOf(store.backup(workshop.file('holdfast.db/backup.db')))).toBe('database_unusable')
    expect(existsSync(workshop.file('nowhere'))).toBe(false)
    expect(readdirSync(workshop.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('[OP6] where something that is no file has the name of its draft', async () => {
    mkdirSync(workshop.file('backup.db.part/inside'), { recursive: true })
    expect(await rejectionOf(store.backup(workshop.file('backup.db')))).toBe('database_unusable')
    expect(existsSync(workshop.file('backup.db.part/inside'))).toBe(true)
    expect(existsSync(workshop.file('backup.db'))).toBe(false)
  })

  test('[OP6] of a database in memory, and of one that is closed', async () => {
    const memory = workshop.closing(await openSqliteStore(':memory:'))
    expect(await rejectionOf(memory.backup(workshop.file('backup.db')))).toBe('database_unusable')
    await store.close()
    expect(await rejectionOf(store.backup(workshop.file('backup.db')))).toBe('store_stopped')
    expect(existsSync(workshop.file('backup.db'))).toBe(false)
  })

  test('[OP6] a draft that a killed backup left behind is in nobody\u2019s way', async () => {
    writeFileSync(workshop.file('backup.db.part'), 'half a backup')
    await store.backup(workshop.file('backup.db'))
    expect(readdirSync(workshop.folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db'])
  })
})
