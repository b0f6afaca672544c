import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  journalOf,
  mutation,
  NAMESPACE,
  patched,
  read,
  TestClock,
  type OpenStore,
} from './test-store.ts'

const DAY = 24 * 60 * 60 * 1000

type Once = { mutationId: string }

/** Each write that takes a mutation id, on a session that has had the tokens t1 and then t2. */
const WRITES: Record<string, (store: Store, key: SessionKey, once: Once) => Promise<object>> = {
  patch: (store, key, once) =>
    store.patchSessionMetadata({ ...key, ...once, actor: ACTOR, patch: { name: 'b', deep: { x: 1 } } }),
  clear: (store, key, once) => store.clearResumeToken({ ...key, ...once, actor: ACTOR, flavor: 'claude' }),
  'clear of an expected token': (store, key, once) =>
    store.clearResumeToken({ ...key, ...once, actor: ACTOR, flavor: 'claude', expectedToken: 't2' }),
  'put back': (store, key, once) =>
    store.putBackToken({ ...key, ...once, actor: ACTOR, flavor: 'claude', value: 't1' }),
  restore: (store, key, once) => store.restoreSession({ ...key, ...once, actor: ACTOR, version: 1 }),
  'restore of fields': (store, key, once) =>
    store.restoreSession({ ...key, ...once, actor: ACTOR, version: 1, fields: ['claudeSessionId'] }),
}

async function seasoned(store: Store): Promise<SessionKey> {
  const key = await born(store, { name: 'a', claudeSessionId: 't1' })
  await patched(store, key, { claudeSessionId: 't2', name: 'c' })
  return key
}

export function mutationsContract(name: string, open: OpenStore): void {
  describe(`${name}: mutation ids`, () => {
    for (const [write, call] of Object.entries(WRITES)) {
      test(`[VE5] ${write}: a retry gets the first answer and writes nothing`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const once = { mutationId: mutation(1) }
        const first = await call(store, key, once)
        expect(first).toMatchObject({ kind: 'written', version: 3 })
        expect(first).not.toHaveProperty('replayed')
        const before = await everythingIn(store)
        for (let turn = 0; turn < 3; turn += 1)
          expect(await call(store, key, once)).toEqual({ ...first, replayed: true })
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[VE5] ${write}: a retry gets the first answer after others wrote`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const once = { mutationId: mutation(1) }
        const first = await call(store, key, once)
        await patched(store, key, { name: 'z', claudeSessionId: 't9', deep: null })
        const before = await everythingIn(store)
        expect(await call(store, key, once)).toEqual({ ...first, replayed: true })
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[VE5] ${write}: two at once take effect once`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const once = { mutationId: mutation(1) }
        const answers = await Promise.all([call(store, key, once), call(store, key, once)])
        const [first, second] = 'replayed' in (answers[0] ?? {}) ? answers.toReversed() : answers
        expect(second).toEqual({ ...first, replayed: true })
        expect(await read(store, key)).toMatchObject({ metadataVersion: 3 })
        expect(await feedOf(store)).toHaveLength(3)
      })
    }

    test('[VE5] the same id with another body is refused and writes nothing', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const other = await born(store, { name: 'a', claudeSessionId: 't1' })
      const by = { ...key, actor: ACTOR, mutationId: mutation(1) }
      await patched(store, key, { a: 1 }, by)
      const before = await everythingIn(store)
      const answers = [
        await store.patchSessionMetadata({ ...by, patch: { a: 2 } }),
        await store.patchSessionMetadata({ ...by, patch: { a: 1, b: 1 } }),
        await store.patchSessionMetadata({ ...by, patch: {} }),
        await store.patchSessionMetadata({ ...by, ...other, patch: { a: 1 } }),
        await store.clearResumeToken({ ...by, flavor: 'claude' }),
        await store.putBackToken({ ...by, flavor: 'claude', value: 't1' }),
        await store.restoreSession({ ...by, version: 1 }),
      ]
      for (const answer of answers) expectRefused(answer, 'mutation_reused', { field: 'mutationId' })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE5] the order of members, the reason, the actor and the expected version are no other body', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const mutationId = mutation(1)
      const first = await patched(store, key, { a: { x: 1, y: 2 }, b: 1 }, { mutationId })
      const again = await patched(
        store,
        key,
        { b: 1, a: { y: 2, x: 1 } },
        {
          mutationId,
          expectedVersion: 3,
          reason: 'again',
          actor: { door: 'http' },
        },
      )
      expect(again).toEqual({ ...first, replayed: true })
    })

    test('[VE5] a write that changed nothing is kept too', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const mutationId = mutation(1)
      const first = await patched(store, key, { name: 'c' }, { mutationId })
      expect(first).toMatchObject({ version: 2, changed: [] })
      await patched(store, key, { name: 'd' })
      expect(await patched(store, key, { name: 'c' }, { mutationId })).toEqual({ ...first, replayed: true })
      expect((await read(store, key)).metadata).toMatchObject({ name: 'd' })
    })

    test('[VE5] a refusal is not kept: the id is still free', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const by = { ...key, actor: ACTOR, mutationId: mutation(1) }
      expectRefused(await store.patchSessionMetadata({ ...by, patch: { path: '' } }), 'invalid_field')
      expectRefused(await store.putBackToken({ ...by, flavor: 'claude', value: 'none' }), 'token_not_found')
      expectRefused(await store.restoreSession({ ...by, version: 99 }), 'invalid_version')
      const missing = { ...by, session: 'missing' }
      expectRefused(await store.patchSessionMetadata({ ...missing, patch: { a: 1 } }), 'session_not_found')
      const answer = await store.patchSessionMetadata({ ...by, patch: { path: '/p' } })
      expect(answer).toEqual({ kind: 'written', version: 3, changed: ['path'], kept: ['claudeSessionId'] })
    })

    test('[VE5] a mismatch is not kept: the id is still free', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const by = { ...key, actor: ACTOR, mutationId: mutation(1), patch: { name: 'x' } }
      expect(await store.patchSessionMetadata({ ...by, expectedVersion: 1 })).toMatchObject({
        kind: 'version-mismatch',
      })
      expect(await store.patchSessionMetadata({ ...by, expectedVersion: 2 })).toMatchObject({
        kind: 'written',
        version: 3,
      })
    })

    test('[VE5] a retry that is stale by now still gets its answer', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const by = { ...key, actor: ACTOR, mutationId: mutation(1), patch: { name: 'x' }, expectedVersion: 2 }
      const first = await store.patchSessionMetadata(by)
      expect(await store.patchSessionMetadata(by)).toEqual({ ...first, replayed: true })
      await patched(store, key, { name: 'y' })
      expect(await store.patchSessionMetadata(by)).toEqual({ ...first, replayed: true })
    })

    test('[VE5] a rebased answer is replayed as it was', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const by = { ...key, actor: ACTOR, mutationId: mutation(1), patch: { fresh: 1 }, expectedVersion: 1 }
      const first = await store.patchSessionMetadata(by)
      expect(first).toMatchObject({ rebasedFrom: 1 })
      expect(await store.patchSessionMetadata(by)).toEqual({ ...first, replayed: true })
    })

    test('[VE5] a retry of a clear does not clear what came after it', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const by = { ...key, actor: ACTOR, mutationId: mutation(1), flavor: 'claude', expectedToken: 't2' }
      const first = await store.clearResumeToken(by)
      await patched(store, key, { claudeSessionId: 't3' })
      expect(await store.clearResumeToken(by)).toEqual({ ...first, replayed: true })
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't3' })
    })

    test('[VE5] ids are told apart by case and by length', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const ids = [
        'a'.repeat(16),
        'A'.repeat(16),
        'a'.repeat(17),
        'a'.repeat(64),
        '-'.repeat(16),
        '_'.repeat(16),
      ]
      for (const [index, mutationId] of ids.entries()) {
        expect(await patched(store, key, { n: index }, { mutationId })).toMatchObject({ version: 3 + index })
      }
    })

    test('[VE5] an id is kept for 7 days, whatever is pruned, and given up after them', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await seasoned(store)
      const mutationId = mutation(1)
      const first = await patched(store, key, { a: 1 }, { mutationId })
      await patched(store, key, { a: 2 })
      const step = { namespace: NAMESPACE, keepEntries: 1, keepBytes: 1, limit: 100 }
      clock.move(7 * DAY)
      expect(await store.prune(step)).toEqual({ entries: 3, mutations: 0, runs: 0, more: false })
      expect(await patched(store, key, { a: 1 }, { mutationId })).toEqual({ ...first, replayed: true })
      clock.move(1)
      expect(await store.prune(step)).toEqual({ entries: 0, mutations: 1, runs: 0, more: false })
      expect(await patched(store, key, { a: 1 }, { mutationId })).toEqual({
        kind: 'written',
        version: 5,
        changed: ['a'],
        kept: ['claudeSessionId'],
      })
    })

    test('[VE5] expired ids go a few at a time, and only they', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, {})
      const write = (index: number) =>
        patched(store, key, { n: index }, { mutationId: mutation(`m${index}a`) })
      for (let index = 10; index < 20; index += 1) await write(index)
      clock.move(8 * DAY)
      for (let index = 20; index < 30; index += 1) await write(index)
      const gone: number[] = []
      for (let turn = 0; turn < 50; turn += 1) {
        const step = { namespace: NAMESPACE, keepEntries: 1000, keepBytes: 1e9, limit: 3 }
        const { mutations, entries, more } = await store.prune(step)
        expect(mutations).toBeLessThanOrEqual(3)
        expect(entries).toBe(0)
        gone.push(mutations)
        if (!more) break
      }
      expect(gone.reduce((sum, count) => sum + count, 0)).toBe(10)
      for (let index = 20; index < 30; index += 1) expect(await write(index)).toHaveProperty('replayed', true)
      expect(await write(10)).not.toHaveProperty('replayed')
      expect(await journalOf(store, key)).toHaveLength(22)
    })

    test('[VE5] a retry in the same batch as its first attempt and a write between', async () => {
      await using store = await open()
      const key = await seasoned(store)
      const once = { mutationId: mutation(1) }
      const [first, , again] = await Promise.all([
        patched(store, key, { n: 1 }, once),
        patched(store, key, { n: 2 }),
        patched(store, key, { n: 1 }, once),
      ])
      expect(again).toEqual({ ...first, replayed: true })
      expect(await read(store, key)).toMatchObject({ metadataVersion: 4, metadata: { n: 2 } })
    })
  })
}
