import { LIST_FIELDS } from '@holdfast/shared/metadata/list-fields'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  allPages,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  NAMESPACE,
  patched,
  read,
  TestClock,
  type OpenStore,
} from './test-store.ts'

async function many(store: Store, count: number): Promise<SessionKey[]> {
  const keys: SessionKey[] = []
  for (let index = 0; index < count; index += 1)
    keys.push(await born(store, { name: `s${index}` }, { id: `s${index}` }))
  return keys
}

function ids(items: readonly { readonly id: string }[]): string[] {
  return items.map((item) => item.id)
}

export function sessionsContract(name: string, open: OpenStore): void {
  describe(`${name}: create or load a session`, () => {
    const create = { namespace: NAMESPACE, tag: 'a', actor: ACTOR, metadata: { name: 'first' } }

    test('[VE1] a new session is at version 1 and is what was sent', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now, newId: () => 'made-here' })
      const made = await store.createOrLoadSession({ ...create, agentState: { step: 1 } })
      expect(made).toEqual({
        kind: 'session',
        created: true,
        refused: [],
        session: {
          id: 'made-here',
          namespace: NAMESPACE,
          tag: 'a',
          createdAt: clock.time,
          updatedAt: clock.time,
          metadata: { name: 'first' },
          metadataVersion: 1,
          damaged: [],
          verdict: { class: 'none', reason: 'unknown_flavor' },
          agentState: { step: 1 },
          agentStateDamaged: false,
          agentStateVersion: 1,
          settings: {},
        },
      })
      expect(await store.readSession({ namespace: NAMESPACE, session: 'made-here' })).toEqual(
        made.kind === 'session' ? made.session : null,
      )
    })

    test('[VE1] a session without any field is at version 1 with one journal entry', async () => {
      await using store = await open()
      const key = await born(store, {})
      expect(await read(store, key)).toMatchObject({ metadata: {}, metadataVersion: 1, agentState: null })
      expect(await feedOf(store)).toMatchObject([{ version: 1, op: 'create', set: {}, removed: [] }])
    })

    test('[ME10] a known tag loads its session, and what else was sent is ignored', async () => {
      await using store = await open()
      const made = await store.createOrLoadSession({ ...create, agentState: 's' })
      const before = await everythingIn(store)
      const loaded = await store.createOrLoadSession({
        ...create,
        metadata: { name: 'second', claudeSessionId: 't' },
        agentState: 'other',
      })
      expect(loaded).toEqual({ ...made, created: false })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('an id that the caller chose is taken, and found again with its tag', async () => {
      await using store = await open()
      const made = await store.createOrLoadSession({ ...create, id: 'my-id_1' })
      expect(made).toMatchObject({ created: true, session: { id: 'my-id_1' } })
      expect(await store.createOrLoadSession({ ...create, id: 'my-id_1' })).toEqual({
        ...made,
        created: false,
      })
    })

    test('[CO13] a known tag loads its session, however wrong the rest of the body is', async () => {
      await using store = await open()
      const made = await store.createOrLoadSession({ ...create, agentState: 's' })
      for (const wrong of [
        { metadata: null },
        { metadata: [] },
        { metadata: { deep: JSON.parse('['.repeat(50) + ']'.repeat(50)) } },
      ]) {
        const loaded = await store.createOrLoadSession({ ...create, ...wrong, agentState: Number.NaN })
        expect(loaded).toEqual({ ...made, created: false })
      }
    })

    test('a known tag under another id is refused', async () => {
      await using store = await open()
      await store.createOrLoadSession({ ...create, id: 'one' })
      const before = await everythingIn(store)
      expectRefused(await store.createOrLoadSession({ ...create, id: 'two' }), 'id_taken', { field: 'id' })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('a new tag under a known id is refused', async () => {
      await using store = await open()
      await store.createOrLoadSession({ ...create, id: 'one' })
      const before = await everythingIn(store)
      expectRefused(await store.createOrLoadSession({ ...create, tag: 'b', id: 'one' }), 'id_taken')
      expect(await everythingIn(store)).toEqual(before)
    })

    test('one tag and one id in two namespaces are two sessions', async () => {
      await using store = await open()
      await store.createOrLoadSession({ ...create, id: 'one' })
      const other = await store.createOrLoadSession({
        ...create,
        namespace: 'other',
        id: 'one',
        metadata: { name: 'elsewhere' },
      })
      expect(other).toMatchObject({ created: true, session: { namespace: 'other' } })
      const here = { namespace: NAMESPACE, session: 'one' }
      const there = { namespace: 'other', session: 'one' }
      await patched(store, there, { name: 'changed' })
      expect((await read(store, here)).metadata).toEqual({ name: 'first' })
      expect((await read(store, there)).metadata).toEqual({ name: 'changed' })
    })

    test('tags are compared as they are', async () => {
      await using store = await open()
      const near = ['tag', 'Tag', 'tag ', ' tag', 't\u00e4g', 'ta\u0308g', 't%g', 't_g', '1', '01', '1.0']
      for (const tag of near)
        expect(await store.createOrLoadSession({ ...create, tag })).toMatchObject({ created: true })
      const list = await store.listSessions({ namespace: NAMESPACE, limit: 100 })
      expect(list.items.map((session) => session.tag)).toEqual(near.toReversed())
    })

    test('[ME7] what a creation can not keep is left out and listed', async () => {
      await using store = await open()
      const metadata = { path: '/p', host: ' ', claudeSessionId: 5, codexSessionId: 'c', x: 1 }
      const made = await store.createOrLoadSession({ ...create, metadata })
      expect(made).toMatchObject({
        created: true,
        session: { metadata: { path: '/p', codexSessionId: 'c', x: 1 } },
        refused: [
          { field: 'host', code: 'invalid_field' },
          { field: 'claudeSessionId', code: 'invalid_field' },
        ],
      })
    })

    test('[ME6] null in a creation means absent, but for the two fields that keep it', async () => {
      await using store = await open()
      const metadata = {
        name: null,
        x: null,
        claudeSessionId: null,
        startingMode: null,
        piSelectedModel: null,
      }
      const key = await born(store, metadata)
      expect((await read(store, key)).metadata).toEqual({ startingMode: null, piSelectedModel: null })
    })

    test('updatedAt follows effective writes and never goes back', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { a: 1 })
      const birth = clock.time
      const wrote = clock.move(1000)
      await patched(store, key, { a: 2 })
      clock.move(1000)
      await patched(store, key, { a: 2 })
      expect(await read(store, key)).toMatchObject({ createdAt: birth, updatedAt: wrote })
      clock.move(-60_000)
      await patched(store, key, { a: 3 })
      expect(await read(store, key)).toMatchObject({ createdAt: birth, updatedAt: wrote })
    })

    test('a session that is not there reads as null', async () => {
      await using store = await open()
      expect(await store.readSession({ namespace: NAMESPACE, session: 'nobody' })).toBeNull()
    })
  })

  describe(`${name}: list of sessions`, () => {
    test('newest first by creation, whatever is written later', async () => {
      await using store = await open()
      const [first] = await many(store, 3)
      if (first !== undefined) await patched(store, first, { name: 'changed last' })
      const { items } = await store.listSessions({ namespace: NAMESPACE, limit: 10 })
      expect(ids(items)).toEqual(['s2', 's1', 's0'])
    })

    test('shows the fields of a list, and no agent state', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const shown = Object.fromEntries(LIST_FIELDS.map((field) => [field, `value of ${field}`]))
      const key = await born(
        store,
        { ...shown, tools: ['a'], other: 1 },
        { tag: 't', agentState: { big: 1 } },
      )
      const { items } = await store.listSessions({ namespace: NAMESPACE, limit: 10 })
      expect(items).toEqual([
        {
          id: key.session,
          namespace: NAMESPACE,
          tag: 't',
          createdAt: clock.time,
          updatedAt: clock.time,
          metadata: shown,
          metadataVersion: 1,
          damaged: [],
          verdict: { class: 'none', reason: 'unknown_flavor' },
        },
      ])
    })

    test('shows the fields that were asked for', async () => {
      await using store = await open()
      await born(store, { a: 1, b: { c: [2] }, name: 'n' })
      const list = (fields: string[]) => store.listSessions({ namespace: NAMESPACE, limit: 10, fields })
      expect((await list(['b', 'nothing'])).items[0]?.metadata).toEqual({ b: { c: [2] } })
      expect((await list([])).items[0]?.metadata).toEqual({})
      const names = Array.from({ length: 100 }, (_, index) => `none-${index}`)
      expect((await list([...names, 'a'])).items[0]?.metadata).toEqual({ a: 1 })
    })

    for (const limit of [1, 2, 3, 6, 7, 8]) {
      test(`pages of ${limit} show every session once and end with null`, async () => {
        await using store = await open()
        await many(store, 7)
        const items = await allPages((cursor) => store.listSessions({ namespace: NAMESPACE, limit, cursor }))
        expect(ids(items)).toEqual(['s6', 's5', 's4', 's3', 's2', 's1', 's0'])
      })
    }

    test('paging misses and repeats nothing while sessions are created and written', async () => {
      await using store = await open()
      const keys = await many(store, 6)
      const seen: string[] = []
      let turn = 0
      const items = await allPages(async (cursor) => {
        const page = await store.listSessions({ namespace: NAMESPACE, limit: 2, cursor })
        await born(store, {}, { id: `late${turn}` })
        for (const key of keys) await patched(store, key, { turn })
        turn += 1
        return page
      })
      seen.push(...ids(items))
      expect(seen).toEqual(['s5', 's4', 's3', 's2', 's1', 's0'])
    })

    test('a page holds at least one and at most 1000', async () => {
      await using store = await open()
      const made = Array.from({ length: 1002 }, (_, index) => born(store, {}, { tag: `many-${index}` }))
      await Promise.all(made)
      const list = (limit: number) => store.listSessions({ namespace: NAMESPACE, limit, fields: [] })
      const sizes: number[] = []
      for (const limit of [0, -5, 1.9, 1000, 1001, 1e9, Infinity])
        sizes.push((await list(limit)).items.length)
      expect(sizes).toEqual([1, 1, 1, 1000, 1000, 1000, 1000])
      const { nextCursor } = await list(5000)
      expect(nextCursor).not.toBeNull()
    })

    test('a namespace without sessions lists none', async () => {
      await using store = await open()
      await born(store)
      expect(await store.listSessions({ namespace: 'empty', limit: 10 })).toEqual({
        items: [],
        nextCursor: null,
      })
    })
  })
}
