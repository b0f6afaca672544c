import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { ACTOR, makeSession, rejectionOf, sha256Of, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'
import type { SessionKey } from '../store.ts'

let workshop: Workshop
let store: SqliteStore
let session: SessionKey

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  session = await makeSession(store, 'a', { cursorSessionId: 'chat-1' })
})

afterEach(() => workshop.remove())

/** Waits for what must come; far longer than it takes, so that only its absence is an error. */
async function within<Value>(what: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it never came')), 60_000)
  })
  try {
    return await Promise.race([what, late])
  } finally {
    clearTimeout(timer)
  }
}

async function until(condition: () => boolean): Promise<void> {
  const giveUp = Date.now() + 60_000
  while (!condition()) {
    if (Date.now() > giveUp) throw new Error('it never came')
    await new Promise((done) => setTimeout(done, 10))
  }
}

function commitsInMark(): number {
  const mark: unknown = JSON.parse(readFileSync(`${workshop.database}.mark`, 'utf8'))
  return (mark as { commits: number }).commits
}

describe('the file is taken away from under a running hub', () => {
  const ways: readonly (readonly [string, () => void])[] = [
    ['removed', () => rmSync(workshop.database)],
    ['moved away', () => renameSync(workshop.database, workshop.file('moved.db'))],
    [
      'replaced by another file',
      () => {
        writeFileSync(workshop.file('other.db'), 'other')
        renameSync(workshop.file('other.db'), workshop.database)
      },
    ],
    ['gone with its folder', () => rmSync(workshop.folder, { recursive: true })],
  ]

  test.each(ways)('[OP3] %s: the store says so, stops, and takes no more writes', async (_, take) => {
    take()
    const reason = await within(store.failed)
    expect(reason instanceof HoldfastError && reason.code).toBe('database_replaced')
    expect(reason.message).toContain(workshop.database)
    const write = store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'lost' } })
    expect(await rejectionOf(write)).toBe('store_stopped')
    expect(await rejectionOf(store.readSession(session))).toBe('store_stopped')
    expect(await rejectionOf(store.backup(`${workshop.folder}-backup.db`))).toBe('store_stopped')
    await store.close()
  })

  test('[OP3] closing afterwards leaves what was put there as it is', async () => {
    const other = await openSqliteStore(workshop.file('other.db'))
    await makeSession(other, 'other')
    await other.close()
    const before = sha256Of(workshop.file('other.db'))
    const mark = readFileSync(`${workshop.database}.mark`, 'utf8')
    renameSync(workshop.file('other.db'), workshop.database)
    await within(store.failed)
    await store.close()
    expect(sha256Of(workshop.database)).toBe(before)
    expect(readFileSync(`${workshop.database}.mark`, 'utf8')).toBe(mark)
    // The log that stays behind belongs to the file that was there, and must not be applied to this one.
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_replaced')
    expect(sha256Of(workshop.database)).toBe(before)
  })

  test('[OP3] a replacement between the last look and the close is noticed at the close', async () => {
    const mark = readFileSync(`${workshop.database}.mark`, 'utf8')
    renameSync(workshop.database, workshop.file('moved.db'))
    await store.close()
    const reason = await within(store.failed)
    expect(reason instanceof HoldfastError && reason.code).toBe('database_replaced')
    expect(readFileSync(`${workshop.database}.mark`, 'utf8')).toBe(mark)
  })
})

describe('the mark', () => {
  test('[OP3] follows what was committed, and never says more than the file holds', async () => {
    const before = commitsInMark()
    for (let n = 0; n < 5; n += 1)
      await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { n } })
    await until(() => commitsInMark() >= before + 5)
    await store.close()
    const again = workshop.closing(await openSqliteStore(workshop.database))
    expect((await again.readSession(session))?.metadataVersion).toBe(6)
    expect(commitsInMark()).toBeGreaterThan(before + 5)
  })

  test('[OP5] that can not be written stops nobody, and is written when it can be', async () => {
    const draft = `${workshop.database}.mark.new`
    mkdirSync(draft)
    const before = commitsInMark()
    for (let n = 0; n < 5; n += 1) {
      const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { n } })
      expect(answer.kind).toBe('written')
      await new Promise((done) => setTimeout(done, 300))
    }
    expect(commitsInMark()).toBe(before)
    rmSync(draft, { recursive: true })
    await until(() => commitsInMark() >= before + 5)
  })

  test('[OP3] that can not be written at the start is a reason not to start', async () => {
    await store.close()
    mkdirSync(`${workshop.database}.mark.new`)
    expect(await rejectionOf(openSqliteStore(workshop.database))).toBe('database_unusable')
    rmSync(`${workshop.database}.mark.new`, { recursive: true })
    const again = workshop.closing(await openSqliteStore(workshop.database))
    expect((await again.readSession(session))?.metadata).toEqual({ cursorSessionId: 'chat-1' })
  })

  test('[OP3] that can not be written at the end does not keep the lock', async () => {
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
    mkdirSync(`${workshop.database}.mark.new`)
    await store.close()
    rmSync(`${workshop.database}.mark.new`, { recursive: true })
    const again = workshop.closing(await openSqliteStore(workshop.database))
    expect((await again.readSession(session))?.metadata['name']).toBe('new')
    expect(existsSync(`${workshop.database}.mark`)).toBe(true)
  })

  test('[OP3] of a copy that lies elsewhere is a copy\u2019s own', async () => {
    await store.close()
    copyFileSync(workshop.database, workshop.file('copy.db'))
    const copy = workshop.closing(await openSqliteStore(workshop.file('copy.db')))
    expect((await copy.readSession(session))?.metadata).toEqual({ cursorSessionId: 'chat-1' })
    expect(existsSync(workshop.file('copy.db.mark'))).toBe(true)
  })
})
