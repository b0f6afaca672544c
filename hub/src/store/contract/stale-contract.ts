import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { ACTOR, born, everythingIn, patched, read, type OpenStore } from './test-store.ts'

/** A session at version 3, and what a write of version 1 would send. */
async function moved(store: Store) {
  const key = await born(store, { a: 1, b: 1 })
  await patched(store, key, { a: 2 })
  await patched(store, key, { a: 3, c: 1 })
  return { key, stale: { ...key, actor: ACTOR, expectedVersion: 1 } }
}

export function staleContract(name: string, open: OpenStore): void {
  describe(`${name}: stale patches`, () => {
    test('[VE4] one whose fields nobody changed since is taken and says from where', async () => {
      await using store = await open()
      const { stale, key } = await moved(store)
      const answer = await store.patchSessionMetadata({ ...stale, patch: { b: 2, d: 1 } })
      expect(answer).toMatchObject({ kind: 'written', version: 4, rebasedFrom: 1, changed: ['b', 'd'] })
      expect((await read(store, key)).metadata).toEqual({ a: 3, b: 2, c: 1, d: 1 })
    })

    test('[VE4] one whose field was changed since is a mismatch with what is there', async () => {
      await using store = await open()
      const { stale } = await moved(store)
      const before = await everythingIn(store)
      const answer = await store.patchSessionMetadata({ ...stale, patch: { a: 9, b: 9, d: 9 } })
      expect(answer).toEqual({ kind: 'version-mismatch', version: 3, current: { a: 3, b: 1, d: null } })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE4] a field that came since is a conflict', async () => {
      await using store = await open()
      const { stale } = await moved(store)
      const answer = await store.patchSessionMetadata({ ...stale, patch: { c: 9 } })
      expect(answer).toEqual({ kind: 'version-mismatch', version: 3, current: { c: 1 } })
    })

    test('[VE4] a field that was removed since is a conflict', async () => {
      await using store = await open()
      const { key, stale } = await moved(store)
      await patched(store, key, { b: null })
      const answer = await store.patchSessionMetadata({ ...stale, patch: { b: 9 } })
      expect(answer).toEqual({ kind: 'version-mismatch', version: 4, current: { b: null } })
      const rebased = { ...stale, expectedVersion: 4, patch: { b: 9 } }
      expect(await store.patchSessionMetadata(rebased)).toMatchObject({ kind: 'written', version: 5 })
    })

    test('[VE4] a version from the future is a mismatch', async () => {
      await using store = await open()
      const { stale } = await moved(store)
      for (const expectedVersion of [4, Number.MAX_SAFE_INTEGER]) {
        const answer = await store.patchSessionMetadata({ ...stale, expectedVersion, patch: { b: 2 } })
        expect(answer).toEqual({ kind: 'version-mismatch', version: 3, current: { b: 1 } })
      }
    })

    test('[VE4] the current version is neither stale nor said to be', async () => {
      await using store = await open()
      const { stale } = await moved(store)
      const answer = await store.patchSessionMetadata({ ...stale, expectedVersion: 3, patch: { a: 4 } })
      expect(answer).toMatchObject({ kind: 'written', version: 4 })
      expect(answer).not.toHaveProperty('rebasedFrom')
    })

    test('[VE4] a stale patch that changes nothing is a success at the current version', async () => {
      await using store = await open()
      const { stale } = await moved(store)
      const answer = await store.patchSessionMetadata({ ...stale, patch: { b: 1 } })
      expect(answer).toMatchObject({ kind: 'written', version: 3, changed: [], rebasedFrom: 1 })
    })

    test('[VE4] without a version a patch applies to what is there', async () => {
      await using store = await open()
      const { key } = await moved(store)
      expect(await patched(store, key, { a: 9 })).toEqual({
        kind: 'written',
        version: 4,
        changed: ['a'],
        kept: [],
      })
    })

    test('[VE4] below what was pruned nothing can be judged, above it everything', async () => {
      await using store = await open()
      const { key, stale } = await moved(store)
      await patched(store, key, { b: null })
      await patched(store, key, { z: 1 })
      await store.prune({ namespace: key.namespace, keepEntries: 1, keepBytes: 1e9, limit: 100 })
      const judge = (expectedVersion: number, patch: object) =>
        store.patchSessionMetadata({ ...stale, expectedVersion, patch })
      const before = await everythingIn(store)
      expect(await judge(3, { untouched: 1 })).toMatchObject({ kind: 'version-mismatch', version: 5 })
      expect(await judge(1, { b: 1 })).toMatchObject({ kind: 'version-mismatch', version: 5 })
      expect(await everythingIn(store)).toEqual(before)
      expect(await judge(4, { untouched: 1 })).toMatchObject({ kind: 'written', rebasedFrom: 4 })
      expect(await judge(4, { z: 2 })).toMatchObject({ kind: 'version-mismatch', current: { z: 1 } })
    })
  })
}
