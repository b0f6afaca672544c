import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  feedOf,
  journalOf,
  NAMESPACE,
  patched,
  read,
  written,
  type OpenStore,
} from './test-store.ts'

const KEEP_ALL = { namespace: NAMESPACE, keepEntries: 1e9, keepBytes: 1e12, limit: 1000 }

async function withEntries(store: Store, count: number): Promise<SessionKey> {
  const key = await born(store, { n: 1 })
  for (let n = 2; n <= count; n += 1) await patched(store, key, { n })
  return key
}

async function floorOf(store: Store): Promise<number> {
  const page = await store.readFeed({ namespace: NAMESPACE, after: 0, limit: 1 })
  return page.kind === 'changes' ? 0 : page.floor
}

export function pruneContract(name: string, open: OpenStore): void {
  describe(`${name}: prune`, () => {
    test('[JO4] what retention keeps is not touched', async () => {
      await using store = await open()
      await withEntries(store, 10)
      const before = await everythingIn(store)
      for (const step of [KEEP_ALL, { ...KEEP_ALL, keepEntries: 10 }])
        expect(await store.prune(step)).toEqual({ entries: 0, mutations: 0, runs: 0, more: false })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[JO4] the oldest entries go, the newest so many stay', async () => {
      await using store = await open()
      const key = await withEntries(store, 10)
      const { metadata } = await read(store, key)
      expect(await store.prune({ ...KEEP_ALL, keepEntries: 3 })).toEqual({
        entries: 7,
        mutations: 0,
        runs: 0,
        more: false,
      })
      expect((await journalOf(store, key)).map((entry) => entry.version)).toEqual([10, 9, 8])
      expect(await floorOf(store)).toBe(7)
      expect(await read(store, key)).toMatchObject({ metadata, metadataVersion: 10 })
    })

    test('[JO4] a step is bounded, and says that there is more', async () => {
      await using store = await open()
      const key = await withEntries(store, 10)
      const steps: object[] = []
      for (let step = 0; step < 4; step += 1)
        steps.push(await store.prune({ ...KEEP_ALL, keepEntries: 2, limit: 3 }))
      expect(steps).toEqual([
        { entries: 3, mutations: 0, runs: 0, more: true },
        { entries: 3, mutations: 0, runs: 0, more: true },
        { entries: 2, mutations: 0, runs: 0, more: false },
        { entries: 0, mutations: 0, runs: 0, more: false },
      ])
      expect(await journalOf(store, key)).toHaveLength(2)
    })

    for (const keepEntries of [0, 1, -1, -1e9]) {
      test(`[JO4] the newest entry stays where ${keepEntries} are to be kept`, async () => {
        await using store = await open()
        const key = await withEntries(store, 4)
        await store.prune({ ...KEEP_ALL, keepEntries, keepBytes: 0 })
        expect((await journalOf(store, key)).map((entry) => entry.version)).toEqual([4])
        expect(await patched(store, key, { n: 5 })).toMatchObject({ version: 5 })
        expect((await feedOf(store, NAMESPACE, 3)).map((change) => change.seq)).toEqual([4, 5])
      })
    }

    test('[JO4] the bytes are bounded too, and only as many entries go as must', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let n = 2; n <= 11; n += 1) await patched(store, key, { n: 'x'.repeat(20_000) + n })
      expect(await store.prune({ ...KEEP_ALL, keepBytes: 1e6 })).toMatchObject({ entries: 0 })
      const { entries, more } = await store.prune({ ...KEEP_ALL, keepBytes: 130_000 })
      expect(more).toBe(false)
      // An entry holds the value before and after: about 40,000 bytes, so that three fit.
      expect((await journalOf(store, key)).map((entry) => entry.version)).toEqual([11, 10, 9])
      expect(entries).toBe(8)
      expect(await store.prune({ ...KEEP_ALL, keepBytes: 130_000 })).toMatchObject({
        entries: 0,
        more: false,
      })
    })

    test('[JO4] however many entries a step may take, it ends once it took some megabytes', async () => {
      await using store = await open()
      const key = await born(store, {})
      const large = 'x'.repeat(60_000)
      for (let n = 2; n <= 61; n += 1) await patched(store, key, { n: large + n })
      const first = await store.prune({ ...KEEP_ALL, keepEntries: 1 })
      expect(first.more).toBe(true)
      expect(first.entries).toBeGreaterThan(20)
      expect(first.entries).toBeLessThan(50)
      const second = await store.prune({ ...KEEP_ALL, keepEntries: 1 })
      expect(second).toMatchObject({ entries: 60 - first.entries, more: false })
    })

    test('[JO4] bytes are counted on as entries come and go', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let round = 0; round < 4; round += 1) {
        for (let n = 0; n < 5; n += 1) await patched(store, key, { n: 'y'.repeat(10_000) + round + n })
        for (let step = 0; step < 20; step += 1) {
          const { more } = await store.prune({ ...KEEP_ALL, keepBytes: 65_000, limit: 1 })
          if (!more) break
        }
        expect(await journalOf(store, key)).toHaveLength(3)
      }
    })

    test('[JO4] quiet sessions lose their old entries, but no field', async () => {
      await using store = await open()
      const quiet = await born(store, { claudeSessionId: 't', a: 1 })
      await withEntries(store, 5)
      const before = await store.readSession(quiet)
      await store.prune({ ...KEEP_ALL, keepEntries: 2 })
      expect(await store.readSession(quiet)).toEqual(before)
      expect(await store.sessionHistory({ ...quiet, limit: 9 })).toEqual({ items: [], nextCursor: null })
      expect(await patched(store, quiet, { b: 1 })).toMatchObject({ version: 2, kept: ['claudeSessionId'] })
      expect((await journalOf(store, quiet)).map((entry) => entry.version)).toEqual([2])
    })

    test('[VE4] a removal is remembered until pruning passes it, and is then below the horizon', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: null })
      await patched(store, key, { n: 3 })
      await patched(store, key, { n: 4 })
      const stale = { ...key, actor: ACTOR, patch: { a: 'again' } }
      await store.prune({ ...KEEP_ALL, keepEntries: 3 })
      const conflict = { kind: 'version-mismatch', version: 4, current: { a: null } }
      expect(await store.patchSessionMetadata({ ...stale, expectedVersion: 1 })).toEqual(conflict)
      await store.prune({ ...KEEP_ALL, keepEntries: 2 })
      expect(await store.patchSessionMetadata({ ...stale, expectedVersion: 1 })).toEqual(conflict)
      const at = await store.patchSessionMetadata({ ...stale, expectedVersion: 2 })
      expect(at).toMatchObject({ kind: 'written', version: 5, rebasedFrom: 2 })
    })

    test('[VE1] a field whose removal was pruned comes back as one that was never set', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: null })
      await patched(store, key, { n: 3 })
      await store.prune({ ...KEEP_ALL, keepEntries: 1 })
      await patched(store, key, { a: 2 })
      const [newest] = await journalOf(store, key)
      expect([newest?.version, newest?.changes]).toEqual([4, { a: { beforeVersion: 0, after: 2 } }])
      expect(await read(store, key)).toMatchObject({ metadata: { a: 2, n: 3 }, metadataVersion: 4 })
    })

    test('[JO3] undo reaches as far as the journal, over each step of pruning', async () => {
      await using store = await open()
      const key = await withEntries(store, 6)
      for (let oldest = 1; oldest <= 5; oldest += 1) {
        await store.prune({ ...KEEP_ALL, keepEntries: 5, limit: 1 })
        const answer = written(await store.restoreSession({ ...key, actor: ACTOR, version: oldest + 1 }))
        expect(answer.kind).toBe('written')
        expect((await read(store, key)).metadata).toEqual({ n: oldest + 1 })
        await patched(store, key, { n: 6 + oldest })
        const tooOld = await store.restoreSession({ ...key, actor: ACTOR, version: oldest - 1 })
        expect(tooOld).toMatchObject({ kind: 'refused' })
      }
    })

    test('[JO4] pruning among writes keeps the feed whole from its floor on', async () => {
      await using store = await open()
      const key = await born(store, {})
      const work: Promise<unknown>[] = []
      for (let n = 1; n <= 60; n += 1) {
        work.push(patched(store, key, { n }))
        if (n % 4 === 0) work.push(store.prune({ ...KEEP_ALL, keepEntries: 7, limit: 5 }))
        if (n % 9 === 0) await Promise.all(work)
      }
      await Promise.all(work)
      const floor = await floorOf(store)
      const seqs = (await feedOf(store, NAMESPACE, floor)).map((change) => change.seq)
      expect(seqs).toEqual(Array.from({ length: 61 - floor }, (_, index) => floor + 1 + index))
      expect(seqs.length).toBeLessThan(20)
      expect(await read(store, key)).toMatchObject({ metadataVersion: 61, metadata: { n: 60 } })
    })

    test('[JO4] a namespace without anything has nothing to prune', async () => {
      await using store = await open()
      const none = { entries: 0, mutations: 0, runs: 0, more: false }
      for (const namespace of ['nobody', '', 'a\u0000', '\ud800', 'x'.repeat(129)])
        expect(await store.prune({ ...KEEP_ALL, keepEntries: 0, keepBytes: 0, namespace })).toEqual(none)
    })

    for (const limit of [0, -1, -1e9, Number.NaN]) {
      test(`[JO4] a step of ${limit} entries is no more than one`, async () => {
        await using store = await open()
        const key = await withEntries(store, 5)
        const { entries } = await store.prune({ ...KEEP_ALL, keepEntries: 1, limit })
        expect(entries).toBeLessThanOrEqual(1)
        expect((await journalOf(store, key)).length).toBeGreaterThanOrEqual(4)
      })
    }

    for (const [bound, step] of Object.entries({
      keepEntries: { keepEntries: Number.NaN },
      keepBytes: { keepBytes: Number.NaN },
    })) {
      test(`[JO4] a ${bound} that is no number throws nothing away`, async () => {
        await using store = await open()
        await withEntries(store, 5)
        const before = await everythingIn(store)
        expect(await store.prune({ ...KEEP_ALL, ...step })).toMatchObject({ entries: 0 })
        expect(await everythingIn(store)).toEqual(before)
      })
    }
  })
}
