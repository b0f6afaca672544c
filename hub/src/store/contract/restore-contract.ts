import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import type { RestoreFields, SessionKey } from '../store.ts'
import { ACTOR, born, journalOf, patched, read, textOf, written, type OpenStore } from './test-store.ts'

function restore(key: SessionKey, version: number, fields?: string[]): RestoreFields {
  return { ...key, actor: ACTOR, version, fields }
}

export function restoreContract(name: string, open: OpenStore): void {
  describe(`${name}: restore`, () => {
    test('[JO3] of everything sets, changes back and removes, as a new write', async () => {
      await using store = await open()
      const key = await born(store, { a: 1, gone: { x: [1] }, same: 1 })
      await patched(store, key, { a: 2, gone: null, fresh: 1 })
      await patched(store, key, { a: 3 })
      const answer = written(await store.restoreSession(restore(key, 1)))
      expect(answer).toMatchObject({ version: 4, kept: [] })
      expect(answer.changed.toSorted()).toEqual(['a', 'fresh', 'gone'])
      expect(await read(store, key)).toMatchObject({ metadata: { a: 1, gone: { x: [1] }, same: 1 } })
      const [newest] = await journalOf(store, key)
      expect(newest).toMatchObject({
        op: 'restore',
        version: 4,
        changes: {
          a: { before: 3, beforeVersion: 3, after: 1 },
          gone: { beforeVersion: 2, after: { x: [1] } },
          fresh: { before: 1, beforeVersion: 2 },
        },
      })
    })

    test('[JO3] of every version gives the document that it was', async () => {
      await using store = await open()
      const key = await born(store, { n: 1, a: 'x' })
      const documents = [(await read(store, key)).metadata]
      const patches = [{ n: 2 }, { a: null }, { a: { b: 1 } }, { a: { c: 2 }, n: null }, { z: [] }]
      for (const patch of patches) {
        await patched(store, key, patch)
        documents.push((await read(store, key)).metadata)
      }
      for (const [index, document] of [...documents.entries(), ...[...documents.entries()].toReversed()]) {
        written(await store.restoreSession(restore(key, index + 1)))
        expect((await read(store, key)).metadata).toEqual(document)
      }
    })

    test('[JO3] of chosen fields leaves the others', async () => {
      await using store = await open()
      const key = await born(store, { a: 1, b: 1 })
      await patched(store, key, { a: 2, b: 2, c: 2 })
      const answer = written(await store.restoreSession(restore(key, 1, ['a', 'c', 'never'])))
      expect(answer.changed.toSorted()).toEqual(['a', 'c'])
      expect((await read(store, key)).metadata).toEqual({ a: 1, b: 2 })
    })

    test('[JO3] can be undone by another restore', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: 2, claudeSessionId: 't1' })
      written(await store.restoreSession(restore(key, 1)))
      written(await store.restoreSession(restore(key, 2)))
      expect((await read(store, key)).metadata).toEqual({ a: 2, claudeSessionId: 't1' })
    })

    test('[JO3] never removes a protected field, and brings back one that was cleared', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { path: '/p', host: 'h', claudeSessionId: 't1' })
      const kept = written(await store.restoreSession(restore(key, 1)))
      expect(kept).toMatchObject({ version: 2, changed: [] })
      expect(kept.kept.toSorted()).toEqual(['claudeSessionId', 'host', 'path'])
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
      const back = written(await store.restoreSession(restore(key, 2)))
      expect(back).toMatchObject({ version: 4, changed: ['claudeSessionId'] })
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
    })

    test('[ME10] that changes nothing writes nothing', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      await patched(store, key, { a: 2 })
      await patched(store, key, { a: 1 })
      for (const request of [
        restore(key, 3),
        restore(key, 1),
        restore(key, 2, []),
        restore(key, 2, ['never']),
      ])
        expect(written(await store.restoreSession(request))).toMatchObject({
          version: 3,
          changed: [],
          kept: [],
        })
      expect(await journalOf(store, key)).toHaveLength(3)
    })

    test('[JO3] to a version that never was is refused', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      for (const version of [0, 2, Number.MAX_SAFE_INTEGER]) {
        const answer = await store.restoreSession(restore(key, version))
        expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_version', field: 'version' })
      }
    })

    test('[JO3] to what was pruned is refused, to the oldest kept it works', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 })
      for (const a of [2, 3, 4]) await patched(store, key, { a })
      await store.prune({ namespace: key.namespace, keepEntries: 2, keepBytes: 1e9, limit: 9 })
      const answer = await store.restoreSession(restore(key, 1))
      expect(answer).toMatchObject({ kind: 'refused', code: 'history_pruned', limit: 2, actual: 1 })
      written(await store.restoreSession(restore(key, 2)))
      expect((await read(store, key)).metadata).toEqual({ a: 2 })
    })

    test('[JO3] a large value is skipped by a restore of everything and refuses a chosen one', async () => {
      await using store = await open()
      const large = textOf(LIMITS.journaledBytes + 1)
      const key = await born(store, { large, a: 1 })
      await patched(store, key, { large: 'small', a: 2 })
      const chosen = await store.restoreSession(restore(key, 1, ['a', 'large']))
      expect(chosen).toMatchObject({ kind: 'refused', code: 'not_restorable', field: 'large' })
      expect((await read(store, key)).metadataVersion).toBe(2)
      const answer = written(await store.restoreSession(restore(key, 1)))
      expect(answer).toEqual({ kind: 'written', version: 3, changed: ['a'], kept: [], skipped: ['large'] })
      expect((await read(store, key)).metadata).toEqual({ a: 1, large: 'small' })
    })

    test('[JO3] a large value that has not changed since, or is now there, is no obstacle', async () => {
      await using store = await open()
      const large = textOf(LIMITS.journaledBytes + 1)
      const key = await born(store, { large, a: 1 })
      await patched(store, key, { a: 2, other: large })
      const answer = written(await store.restoreSession(restore(key, 1)))
      expect(answer.changed.toSorted()).toEqual(['a', 'other'])
      expect((await read(store, key)).metadata).toEqual({ large, a: 1 })
    })

    test('[JO3] sees what a write that came just before it did', async () => {
      await using store = await open()
      const key = await born(store, { a: 1, b: 1 })
      const [, answer] = await Promise.all([
        store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { a: 2 } }),
        store.restoreSession(restore(key, 1)),
      ])
      const restored = written(answer)
      const [newest] = await journalOf(store, key)
      const { metadata } = await read(store, key)
      // Either order is right, but the answer must be that of the order that took place.
      const last = newest?.op === 'restore' ? [{ a: 1, b: 1 }, 3] : [{ a: 2, b: 1 }, 1]
      expect([metadata, restored.version]).toEqual(last)
    })

    test('[JO3] reaches over a long history', async () => {
      await using store = await open()
      const key = await born(store, { n: 0, first: 1 })
      await patched(store, key, { first: 2 })
      const writes = Array.from({ length: 1500 }, (_, index) => patched(store, key, { n: index + 1 }))
      await Promise.all(writes)
      const answer = written(await store.restoreSession(restore(key, 1)))
      expect(answer).toMatchObject({ version: 1503 })
      expect((await read(store, key)).metadata).toEqual({ n: 0, first: 1 })
    })
  })
}
