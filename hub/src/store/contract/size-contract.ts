import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  expectRefused,
  NAMESPACE,
  patched,
  read,
  textOf,
  written,
  type OpenStore,
} from './test-store.ts'

function bytesOf(document: object): number {
  return Buffer.byteLength(JSON.stringify(document))
}

function manyKeys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))
}

/** A document of exactly so many bytes, in patches that fit. */
async function grow(store: Store, bytes: number): Promise<SessionKey> {
  const key = await born(store, {})
  const document: Record<string, string> = {}
  for (let part = 0; ; part += 1) {
    const room = bytes - bytesOf({ ...document, [`p${part}`]: '' })
    const text = 'x'.repeat(Math.min(room, 200_000))
    document[`p${part}`] = text
    await patched(store, key, { [`p${part}`]: text })
    if (text.length === room) return key
  }
}

export function sizeContract(name: string, open: OpenStore): void {
  describe(`${name}: the size of a document`, () => {
    test('[ME11] a patch of more than 256 KiB is refused, one at it is taken', async () => {
      await using store = await open()
      const key = await born(store, {})
      const over = { a: textOf(LIMITS.patchBytes - 5) + 'x' }
      const answer = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: over })
      expectRefused(answer, 'too_large', { limit: LIMITS.patchBytes })
      await patched(store, key, { a: over.a.slice(2) })
      const wide = { a: '\u20ac'.repeat(LIMITS.patchBytes / 3) }
      expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: wide }), 'too_large')
      const escaped = { a: '\u0001'.repeat(LIMITS.patchBytes / 6) }
      expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: escaped }), 'too_large')
      expect(await read(store, key)).toMatchObject({ metadataVersion: 2 })
    })

    test('[ME11] a replace or a creation of more than 1 MiB is refused', async () => {
      await using store = await open()
      const key = await born(store, {})
      const metadata = { a: 'x'.repeat(LIMITS.documentBytes) }
      const by = { ...key, actor: ACTOR }
      expectRefused(await store.updateSessionMetadata({ ...by, expectedVersion: 1, metadata }), 'too_large')
      expectRefused(await store.createOrLoadSession({ ...by, tag: 'fresh', metadata }), 'too_large')
      const wide = { a: '\u20ac'.repeat(LIMITS.documentBytes / 3) }
      expectRefused(
        await store.updateSessionMetadata({ ...by, expectedVersion: 1, metadata: wide }),
        'too_large',
      )
      expectRefused(await store.createOrLoadSession({ ...by, tag: 'fresh', metadata: wide }), 'too_large')
      expect(await store.listSessions({ namespace: NAMESPACE, limit: 9 })).toMatchObject({ items: [{}] })
    })

    test('[ME11] a document reaches 1 MiB through several patches, and not one byte more', async () => {
      await using store = await open()
      const key = await grow(store, LIMITS.documentBytes)
      const before = await read(store, key)
      expect(bytesOf(before.metadata)).toBe(LIMITS.documentBytes)
      const last = Object.keys(before.metadata).at(-1) ?? ''
      const sent = { [last]: `${JSON.stringify(before.metadata[last]).slice(1, -1)}x` }
      const grown = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: sent })
      expectRefused(grown, 'too_large', { limit: LIMITS.documentBytes, actual: LIMITS.documentBytes + 1 })
      expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { z: 1 } }), 'too_large')
      expect(await read(store, key)).toEqual(before)
      expect(await patched(store, key, { p0: 'small', z: 1 })).toMatchObject({
        version: before.metadataVersion + 1,
      })
    })

    test('[ME11] room that was freed can be used again, as often as one likes', async () => {
      await using store = await open()
      const key = await grow(store, LIMITS.documentBytes - 10)
      for (let turn = 0; turn < 10; turn += 1) {
        await patched(store, key, { p0: null })
        const p0 = (turn % 2 === 0 ? 'x' : 'y').repeat(199_990)
        await patched(store, key, { p0 })
        const patch = { p0: p0 + 'z'.repeat(100) }
        expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'too_large')
      }
      expect(bytesOf((await read(store, key)).metadata)).toBeLessThan(LIMITS.documentBytes)
    })

    test('[ME11] a document has at most 4,096 fields through several patches', async () => {
      await using store = await open()
      const key = await born(store, manyKeys(LIMITS.keys - 1))
      await patched(store, key, { 'one-more': 1 })
      const patch = { 'too-many': 1 }
      expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'too_many_keys', {
        limit: LIMITS.keys,
      })
      await patched(store, key, { ...patch, k0: null })
      expect(Object.keys((await read(store, key)).metadata)).toHaveLength(LIMITS.keys)
    })

    test('[ME11] tokens can be cleared in a document that is full', async () => {
      await using store = await open()
      const key = await grow(store, LIMITS.documentBytes - 100)
      await patched(store, key, { claudeSessionId: 't1' })
      await patched(store, key, { claudeSessionId: 't2' })
      written(await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' }))
      written(await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 't1' }))
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
    })
  })
}
