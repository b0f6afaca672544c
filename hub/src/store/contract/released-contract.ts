import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { forReleasedClient } from '@holdfast/shared/protocol/released/for-released-client'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  patched,
  read,
  written,
  type OpenStore,
} from './test-store.ts'

const SHOWN = { path: '/p', host: 'h' }

/** Typed fields, each with a value that fits and one that does not. */
const TYPED: readonly (readonly [field: string, right: Json, wrong: Json])[] = [
  ['summary', { text: 'a', updatedAt: 1 }, { text: 'a' }],
  ['lifecycleStateSince', 1, 'yesterday'],
  ['hostPid', 7, '7'],
  ['startedBy', 'runner', 'somebody'],
  ['startingMode', 'pty', 'fast'],
  ['hapiMcpUrl', 'http://127.0.0.1:1', 'nowhere'],
  ['preferredPermissionMode', 'plan', 'everything'],
  ['tools', ['a'], 'a'],
  ['slashCommands', [], [1]],
  ['worktree', { basePath: '/b', branch: 'b', name: 'n' }, { basePath: '/b' }],
]

const OWNED = {
  supersededBySessionId: 's',
  opencodeClearOperation: { replacementSessionId: 's', state: 'pending', updatedAt: 1 },
} as const

function patch(store: Store, key: SessionKey, sent: JsonObject): Promise<object> {
  return store.patchSessionMetadata({ ...key, actor: ACTOR, patch: sent })
}

async function replaced(store: Store, key: SessionKey, metadata: JsonObject) {
  const { metadataVersion } = await read(store, key)
  const request = { ...key, actor: ACTOR, expectedVersion: metadataVersion, metadata }
  return written(await store.updateSessionMetadata(request))
}

export function releasedContract(name: string, open: OpenStore): void {
  describe(`${name}: types that released clients give`, () => {
    for (const [field, right, wrong] of TYPED) {
      test(`[CO10] a patch that breaks ${field} is refused whole`, async () => {
        await using store = await open()
        const key = await born(store, { name: 'a' })
        const before = await everythingIn(store)
        expectRefused(await patch(store, key, { name: 'b', [field]: wrong }), 'invalid_field', { field })
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[CO10] ${field} that is stored wrong can be set right, or removed`, async () => {
        await using store = await open()
        const one = await born(store, { [field]: wrong })
        await patched(store, one, { other: 1 })
        expect(await patched(store, one, { [field]: wrong })).toMatchObject({ version: 2, changed: [] })
        await patched(store, one, { [field]: right })
        expect((await read(store, one)).metadata).toEqual({ [field]: right, other: 1 })
        const two = await born(store, { [field]: wrong })
        await patched(store, two, { [field]: null })
        expect((await read(store, two)).metadata).toEqual({})
      })

      test(`[CO10] ${field} that is stored wrong outlives the blob of a client that was not sent it`, async () => {
        await using store = await open()
        const held = { ...SHOWN, [field]: wrong, name: 'a', archivedBy: 'u' }
        const key = await born(store, held)
        expect(forReleasedClient(held)).not.toHaveProperty(field)
        const answer = await replaced(store, key, { ...SHOWN, name: 'b' })
        expect(answer.metadata).toEqual({ ...SHOWN, [field]: wrong, name: 'b' })
        expect(answer.changed.toSorted()).toEqual(['archivedBy', 'name'])
        expect(answer.kept).toEqual([field])
        expect((await read(store, key)).metadata).toEqual(answer.metadata)
        expect((await feedOf(store)).at(-1)).toMatchObject({ set: { name: 'b' }, removed: ['archivedBy'] })
      })
    }

    test('[CO10] it is the merged value that counts, not what the patch says of it', async () => {
      await using store = await open()
      const key = await born(store, { summary: { text: 'a', updatedAt: 1 } })
      await patched(store, key, { summary: { updatedAt: 2 } })
      const before = await everythingIn(store)
      for (const summary of [{ text: null }, { updatedAt: 'now' }, { text: 5 }])
        expectRefused(await patch(store, key, { summary }), 'invalid_field', { field: 'summary' })
      expect(await everythingIn(store)).toEqual(before)
      expect((await read(store, key)).metadata).toEqual({ summary: { text: 'a', updatedAt: 2 } })
    })

    test('[CO10] a patch that leaves a field as wrong as it was, but otherwise, is refused', async () => {
      await using store = await open()
      const key = await born(store, { summary: { text: 5, updatedAt: 1 } })
      const answer = await patch(store, key, { summary: { updatedAt: 2 } })
      expect(answer).toMatchObject({ kind: 'refused', code: 'invalid_field', field: 'summary' })
    })

    test('[CO10] a paired field has a type too', async () => {
      await using store = await open()
      const key = await born(store, { cursorSessionId: 't1', cursorSessionProtocol: 'acp' })
      const sent = { cursorSessionId: 't2', cursorSessionProtocol: 'p' }
      expectRefused(await patch(store, key, sent), 'invalid_field', { field: 'cursorSessionProtocol' })
      expect((await read(store, key)).metadata).toMatchObject({ cursorSessionId: 't1' })
    })

    test('[CO10] a replace stores what it sets, whatever its type', async () => {
      await using store = await open()
      const key = await born(store, SHOWN)
      const answer = await replaced(store, key, { ...SHOWN, hostPid: 'x', ofSomebodyElse: [1] })
      expect(answer).toMatchObject({ refused: [], metadata: { hostPid: 'x', ofSomebodyElse: [1] } })
    })
  })

  describe(`${name}: what released clients are not sent`, () => {
    for (const held of [{ path: '/p' }, { host: 'h' }, {}]) {
      test(`[CO10] with only ${JSON.stringify(Object.keys(held))} they are sent nothing, and remove nothing`, async () => {
        await using store = await open()
        const rest = { name: 'a', hostPid: 'x', archivedBy: 'u', custom: 1 }
        const key = await born(store, { ...held, ...rest })
        const answer = await replaced(store, key, { name: 'b' })
        expect(answer.metadata).toEqual({ ...held, ...rest, name: 'b' })
        expect(answer.kept.toSorted()).toEqual([...Object.keys(held), 'archivedBy', 'hostPid'].toSorted())
      })
    }

    test('[CO10] once they are sent a field again, they may leave it out', async () => {
      await using store = await open()
      const key = await born(store, { ...SHOWN, hostPid: 'x', name: 'a' })
      await replaced(store, key, SHOWN)
      await patched(store, key, { hostPid: 7 })
      const answer = await replaced(store, key, SHOWN)
      expect(answer).toMatchObject({ changed: ['hostPid'], metadata: SHOWN, kept: [] })
    })

    test('[CO10] a blob may set a field that they were not sent', async () => {
      await using store = await open()
      const key = await born(store, { ...SHOWN, hostPid: 'x' })
      const answer = await replaced(store, key, { ...SHOWN, hostPid: 7 })
      expect(answer).toMatchObject({ changed: ['hostPid'], metadata: { hostPid: 7 }, kept: [] })
    })
  })

  describe(`${name}: what the hub alone writes`, () => {
    for (const [field, value] of Object.entries(OWNED)) {
      for (const door of ['hapi', 'socket', 'http', 'import'] as const) {
        test(`[CO10] a patch through ${door} neither sets nor removes ${field}`, async () => {
          await using store = await open()
          const key = await born(store, { name: 'a' })
          const forged = { actor: { door }, patch: { name: 'b', [field]: value } }
          expectRefused(await store.patchSessionMetadata({ ...key, ...forged }), 'protected_field', { field })
          await patched(store, key, { [field]: value }, { actor: { door: 'hub' } })
          const before = await everythingIn(store)
          for (const sent of [null, value, 'other']) {
            const removing = { ...key, actor: { door }, patch: { [field]: sent } }
            expectRefused(await store.patchSessionMetadata(removing), 'protected_field', { field })
          }
          expect(await everythingIn(store)).toEqual(before)
        })
      }

      test(`[CO10] a patch of the hub sets ${field} and removes it`, async () => {
        await using store = await open()
        const key = await born(store, { name: 'a' })
        const actor = { door: 'hub' } as const
        await patched(store, key, { [field]: value }, { actor })
        expect((await read(store, key)).metadata).toEqual({ name: 'a', [field]: value })
        await patched(store, key, { [field]: null }, { actor })
        expect((await read(store, key)).metadata).toEqual({ name: 'a' })
      })
    }
  })
}
