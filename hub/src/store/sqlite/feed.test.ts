import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeHead, SessionKey } from '../store.ts'
import { ACTOR, makeSession, rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

type Wants = ((head: ChangeHead) => boolean) | undefined

let workshop: Workshop
let store: SqliteStore
let mine: SessionKey
let theirs: SessionKey

/** Seqs 1 and 2 make two sessions; 3, 4 and 5 are changes of the first, 6 of the second. */
beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  mine = await makeSession(store, 'mine')
  theirs = await makeSession(store, 'theirs')
  for (const key of [mine, mine, mine, theirs])
    await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { n: Math.random() } })
})

afterEach(() => workshop.remove())

const ofTheirs = ({ session }: ChangeHead): boolean => session === theirs.session

function run(sql: string): Promise<unknown> {
  return withSql(workshop.database, (driver) => driver.prepare(sql).run())
}

function readAfter(after: number, wants: Wants) {
  return store.readFeed({ namespace: 'default', after, limit: 10, wants })
}

describe('an entry that can not be read', () => {
  test('[FE1] is passed over where nobody wants it', async () => {
    await run(`update journal set changes = '{"broken', actor = '{"broken' where seq in (3, 4)`)
    expect(await readAfter(2, ofTheirs)).toMatchObject({ through: 6, changes: [{ seq: 6 }] })
    expect(await readAfter(2, () => false)).toMatchObject({ through: 6, changes: [] })
  })

  test('[FE1] ends the page before it, and the next one says so', async () => {
    await run(`update journal set changes = '{"broken' where seq = 6`)
    expect(await readAfter(2, ofTheirs)).toMatchObject({ kind: 'changes', through: 5, changes: [] })
    expect(await readAfter(5, ofTheirs)).toMatchObject({ kind: 'too_far_behind', because: 'damaged' })
    expect(await readAfter(2, undefined)).toMatchObject({ through: 5, changes: [{}, {}, {}] })
    expect(await readAfter(5, undefined)).toMatchObject({ kind: 'too_far_behind', because: 'damaged' })
  })
})

describe('an entry that is gone', () => {
  /** Its writer remembers that it was there; a store that is opened later has only the file. */
  beforeEach(async () => {
    await store.close()
    store = workshop.closing(await openSqliteStore(workshop.database))
  })

  test.each<[string, number, Wants]>([
    ['from the middle', 4, undefined],
    ['from the middle, and nobody wants it', 4, () => false],
    ['from the end', 6, undefined],
    ['from the end, and nobody wants it', 6, () => false],
  ])('[FE1] %s is never passed over', async (_, seq, wants) => {
    await run(`delete from journal where seq = ${seq}`)
    expect(await rejectionOf(readAfter(2, wants))).toBe('database_damaged')
  })
})

describe('what was just written', () => {
  test('[FE1] an entry that is gone is not passed over where somebody wants it', async () => {
    await run('delete from journal where seq = 6')
    expect(await rejectionOf(readAfter(2, ofTheirs))).toBe('database_damaged')
  })

  test('[FE1] is told like what was read from the file, after as before', async () => {
    const wanted = await readAfter(2, ofTheirs)
    await store.close()
    store = workshop.closing(await openSqliteStore(workshop.database))
    expect(await readAfter(2, ofTheirs)).toEqual(wanted)
    await store.patchSessionMetadata({ ...mine, actor: ACTOR, patch: { n: 'seven' } })
    await store.patchSessionMetadata({ ...theirs, actor: ACTOR, patch: { n: 'eight' } })
    expect(await readAfter(2, ofTheirs)).toMatchObject({ through: 8, changes: [{ seq: 6 }, { seq: 8 }] })
    expect(await readAfter(6, ofTheirs)).toMatchObject({ through: 8, changes: [{ seq: 8 }] })
  })
})
