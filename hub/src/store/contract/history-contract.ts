import { createHash } from 'node:crypto'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { journalEntrySchema } from '@holdfast/shared/records/journal'
import { describe, expect, test } from 'vitest'
import { foldJournal } from '../../sessions/fold.ts'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  allPages,
  born,
  journalOf,
  patched,
  read,
  TestClock,
  textOf,
  TOKEN_AGENTS,
  type OpenStore,
} from './test-store.ts'

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function historyOf(store: Store, key: SessionKey, limit = 9) {
  const items = await allPages((cursor) => store.fieldHistory({ ...key, field: 'a', limit, cursor }))
  return items.map(({ version, change }) => [version, change])
}

export function historyContract(name: string, open: OpenStore): void {
  describe(`${name}: history of a session`, () => {
    test('[JO1] creation is entry 1, with what was set and nothing before it', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const actor = { door: 'hapi', device: 'd', machine: 'm', run: 'r', runtime: 'rt' } as const
      const key = await born(store, { a: 1, path: '/p' }, { actor, reason: 'because' })
      const journal = await journalOf(store, key)
      expect(journal).toEqual([
        {
          seq: 1,
          session: key.session,
          version: 1,
          at: clock.time,
          op: 'create',
          actor,
          reason: 'because',
          changes: { a: { beforeVersion: 0, after: 1 }, path: { beforeVersion: 0, after: '/p' } },
        },
      ])
      for (const entry of journal) expect(journalEntrySchema.parse(entry)).toEqual(entry)
    })

    test('[JO1] an entry names each changed field, before and after, and only those', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { a: { x: 1 }, b: 1, same: 1 })
      clock.move(5)
      await patched(store, key, { a: { y: 2 }, b: null, c: 'new', same: 1 })
      const [newest] = await journalOf(store, key)
      expect(newest).toEqual({
        seq: 2,
        session: key.session,
        version: 2,
        at: clock.time,
        op: 'patch',
        actor: ACTOR,
        reason: null,
        changes: {
          a: { before: { x: 1 }, beforeVersion: 1, after: { x: 1, y: 2 } },
          b: { before: 1, beforeVersion: 1 },
          c: { beforeVersion: 0, after: 'new' },
        },
      })
    })

    test('[JO1] who and why are kept for each kind of write', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't1', name: 'a' })
      const by = (run: string) => ({ ...key, actor: { door: 'http', run } as const, reason: `why ${run}` })
      await store.patchSessionMetadata({ ...by('r2'), patch: { name: 'b' } })
      await store.updateSessionMetadata({ ...by('r3'), expectedVersion: 2, metadata: { name: 'c' } })
      await store.clearResumeToken({ ...by('r4'), flavor: 'claude' })
      await store.putBackToken({ ...by('r5'), flavor: 'claude', value: 't1' })
      await store.restoreSession({ ...by('r6'), version: 1 })
      const journal = await journalOf(store, key)
      expect(journal.slice(0, -1).map(({ op, actor, reason }) => [op, actor.run, reason])).toEqual([
        ['restore', 'r6', 'why r6'],
        ['put-back', 'r5', 'why r5'],
        ['clear', 'r4', 'why r4'],
        ['replace', 'r3', 'why r3'],
        ['patch', 'r2', 'why r2'],
      ])
    })

    test('[JO1] a field that went and came again says which version had removed it', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: null })
      await patched(store, key, { b: 1 })
      await patched(store, key, { a: 2 })
      const [newest] = await journalOf(store, key)
      expect(newest?.changes).toEqual({ a: { beforeVersion: 2, after: 2 } })
    })

    test('[JO1] an unprotected value over 64 KiB is journaled as hash and size', async () => {
      await using store = await open()
      const exact = textOf(LIMITS.journaledBytes)
      const over = textOf(LIMITS.journaledBytes + 1)
      const key = await born(store, { exact, over })
      await patched(store, key, { exact: 'a', over: 'b' })
      const [second, first] = await journalOf(store, key)
      const large = { sha256: sha256(`"${over}"`), bytes: LIMITS.journaledBytes + 1 }
      expect(first?.changes).toEqual({
        exact: { beforeVersion: 0, after: exact },
        over: { beforeVersion: 0, afterLarge: large },
      })
      expect(second?.changes).toEqual({
        exact: { before: exact, beforeVersion: 1, after: 'a' },
        over: { beforeLarge: large, beforeVersion: 1, after: 'b' },
      })
    })

    test('[JO1] the size is that of the bytes, not of the characters', async () => {
      await using store = await open()
      const wide = '\u20ac'.repeat(LIMITS.journaledBytes / 3)
      const key = await born(store, { wide, shorter: wide.slice(2) })
      const [birth] = await journalOf(store, key)
      expect(birth?.changes['wide']?.afterLarge?.bytes).toBe(Buffer.byteLength(wide) + 2)
      expect(birth?.changes['shorter']?.after).toBe(wide.slice(2))
      expect((await read(store, key)).metadata).toEqual({ wide, shorter: wide.slice(2) })
    })

    test('[JO1] protected values are always journaled whole', async () => {
      await using store = await open()
      const longest = '\u00e4'.repeat(LIMITS.protectedBytes / 2)
      const tokens = Object.fromEntries(TOKEN_AGENTS.map(({ tokenField }) => [tokenField, longest]))
      const key = await born(store, { path: longest, ...tokens })
      const [birth] = await journalOf(store, key)
      expect(foldJournal(birth === undefined ? [] : [birth]).metadata).toEqual({
        path: { value: longest },
        ...Object.fromEntries(Object.keys(tokens).map((field) => [field, { value: longest }])),
      })
    })

    for (const limit of [1, 2, 3, 4, 6, 7, 8]) {
      test(`[JO2] pages of ${limit} give every entry once, newest first, and end with null`, async () => {
        await using store = await open()
        const key = await born(store, {})
        const other = await born(store, {})
        for (let index = 2; index <= 7; index += 1) {
          await patched(store, key, { n: index })
          await patched(store, other, { n: index })
        }
        const journal = await journalOf(store, key, limit)
        expect(journal.map((entry) => entry.version)).toEqual([7, 6, 5, 4, 3, 2, 1])
      })
    }

    test('[JO2] paging is not disturbed by writes between the pages', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 7; index += 1) await patched(store, key, { n: index })
      let turn = 0
      const items = await allPages(async (cursor) => {
        const page = await store.sessionHistory({ ...key, limit: 2, cursor })
        turn += 1
        await patched(store, key, { late: turn })
        return page
      })
      expect(items.map((entry) => entry.version)).toEqual([7, 6, 5, 4, 3, 2, 1])
    })

    test('[JO2] large entries come on smaller pages, and none is left out', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 60; index += 1)
        await patched(store, key, { n: `${index}${textOf(60_000)}` })
      const first = await store.sessionHistory({ ...key, limit: 1000 })
      expect(first?.items.length).toBeLessThan(60)
      const journal = await journalOf(store, key, 1000)
      expect(journal.map((entry) => entry.version)).toEqual(Array.from({ length: 60 }, (_, at) => 60 - at))
    })

    test('[JO2] sessionHistory, fieldHistory and tokenHistory of no session are null', async () => {
      await using store = await open()
      const key = { ...(await born(store)), session: 'missing' }
      expect(await store.sessionHistory({ ...key, limit: 1 })).toBeNull()
      expect(await store.fieldHistory({ ...key, field: 'a', limit: 1 })).toBeNull()
      expect(await store.tokenHistory({ ...key, limit: 1 })).toBeNull()
    })
  })

  describe(`${name}: history of a field`, () => {
    for (const limit of [1, 2, 5]) {
      test(`[JO2] pages of ${limit}: who set it, over what, through removal and return`, async () => {
        await using store = await open()
        const key = await born(store, { b: 0 })
        await patched(store, key, { a: 1 })
        await patched(store, key, { b: 1 })
        await patched(store, key, { a: 2, b: 2 })
        await patched(store, key, { a: null })
        await patched(store, key, { b: 3 })
        await patched(store, key, { a: 3 })
        await patched(store, key, { b: 4 })
        expect(await historyOf(store, key, limit)).toEqual([
          [7, { beforeVersion: 5, after: 3 }],
          [5, { before: 2, beforeVersion: 4 }],
          [4, { before: 1, beforeVersion: 2, after: 2 }],
          [2, { beforeVersion: 0, after: 1 }],
        ])
      })
    }

    test('[JO2] a field that is gone still has its history', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: null })
      expect(await historyOf(store, key)).toEqual([
        [2, { before: 1, beforeVersion: 1 }],
        [1, { beforeVersion: 0, after: 1 }],
      ])
    })

    test('[JO2] each entry says who and why', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, {})
      const actor = { door: 'http', device: 'phone' } as const
      await patched(store, key, { a: 1, b: 1 }, { actor, reason: 'tidy' })
      const page = await store.fieldHistory({ ...key, field: 'a', limit: 9 })
      expect(page).toEqual({
        items: [
          {
            seq: 2,
            session: key.session,
            version: 2,
            at: clock.time,
            op: 'patch',
            actor,
            reason: 'tidy',
            change: { beforeVersion: 0, after: 1 },
          },
        ],
        nextCursor: null,
      })
    })

    for (const field of ['never', '', '__proto__', 'constructor', 'toString', 'a\u0000', '\ud800']) {
      test(`[JO2] a field that the session never had has no history: ${JSON.stringify(field)}`, async () => {
        await using store = await open()
        const key = await born(store, { a: 1 })
        const page = await store.fieldHistory({ ...key, field, limit: 9 })
        expect(page).toEqual({ items: [], nextCursor: null })
      })
    }

    test('[JO2] other sessions and namespaces do not show', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 }, { id: 'same' })
      await born(store, { a: 'elsewhere' }, { id: 'same', namespace: 'other' })
      const third = await born(store, { a: 2 })
      await patched(store, third, { a: 3 })
      expect(await historyOf(store, key)).toEqual([[1, { beforeVersion: 0, after: 1 }]])
      expect(await historyOf(store, third)).toEqual([
        [2, { before: 2, beforeVersion: 1, after: 3 }],
        [1, { beforeVersion: 0, after: 2 }],
      ])
    })

    test('[JO2] after pruning it reaches as far as the journal does', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: 2 })
      await patched(store, key, { b: 1 })
      await patched(store, key, { a: 3 })
      await store.prune({ namespace: key.namespace, keepEntries: 3, keepBytes: 1e9, limit: 9 })
      expect(await historyOf(store, key)).toEqual([
        [4, { before: 2, beforeVersion: 2, after: 3 }],
        [2, { before: 1, beforeVersion: 1, after: 2 }],
      ])
      await store.prune({ namespace: key.namespace, keepEntries: 2, keepBytes: 1e9, limit: 9 })
      expect(await historyOf(store, key)).toEqual([[4, { before: 2, beforeVersion: 2, after: 3 }]])
    })
  })
}
