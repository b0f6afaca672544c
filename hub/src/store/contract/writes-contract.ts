import { describe, expect, test } from 'vitest'
import type { ReplaceMetadata, SessionKey } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  journalOf,
  patched,
  read,
  tokensOf,
  written,
  type OpenStore,
} from './test-store.ts'

/** Values that a careless store would change: each must come back as it was. */
const TROUBLESOME = {
  '': 'empty name',
  'a.b': 1,
  'a"b\\c': '\\u0000 is text, not NUL',
  $: '$.a',
  toString: 'own',
  hasOwnProperty: false,
  length: 0,
  '1': 'one',
  '01': 'other',
  emoji: '👩‍👩‍👧 \u2028\u2029 \u007f \u0001 \u001f',
  combining: 'a\u0308',
  precomposed: '\u00e4',
  'quote\'; drop table "session"; --': "''",
  numbers: [0, 1.5e-7, 0.1, 1 / 3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 5e-324],
  literals: [null, true, false, '', 'null', 'true', '0', [], {}, [[]], [{}]],
  nested: { a: { b: [{ c: { d: null } }] }, '': { '': '' } },
  spaces: '  leading and trailing  ',
}

function replace(key: SessionKey, expectedVersion: number, metadata: unknown): ReplaceMetadata {
  return { ...key, actor: ACTOR, expectedVersion, metadata }
}

/** Without these, released clients are sent no metadata at all. */
const SHOWN = { path: '/p', host: 'h' }

/** What the hub alone writes. */
const OWNED = {
  supersededBySessionId: 's',
  opencodeClearOperation: { replacementSessionId: 's', state: 'pending', updatedAt: 1 },
}

export function writesContract(name: string, open: OpenStore): void {
  describe(`${name}: replace`, () => {
    test('[ME3] sets what is there, and removes what released clients know and left out', async () => {
      await using store = await open()
      const summary = { text: 's', updatedAt: 1 }
      const key = await born(store, { ...SHOWN, name: 'a', summary, archivedBy: 'u' })
      const answer = written(await store.updateSessionMetadata(replace(key, 1, { name: 'b', os: 'linux' })))
      expect(answer).toMatchObject({
        version: 2,
        metadata: { ...SHOWN, name: 'b', os: 'linux' },
        refused: [],
      })
      expect(answer.kept.toSorted()).toEqual(['host', 'path'])
      expect(answer.changed.toSorted()).toEqual(['archivedBy', 'name', 'os', 'summary'])
      expect(await read(store, key)).toMatchObject({ metadataVersion: 2, metadata: answer.metadata })
      const [, change] = await feedOf(store)
      expect(change?.set).toEqual({ name: 'b', os: 'linux' })
      expect(change?.removed.toSorted()).toEqual(['archivedBy', 'summary'])
    })

    test('[ME9] fields that nobody knows survive a replace that leaves them out', async () => {
      await using store = await open()
      const key = await born(store, { ...TROUBLESOME, name: 'a' })
      const answer = written(await store.updateSessionMetadata(replace(key, 1, { name: 'b' })))
      expect(answer.metadata).toEqual({ ...TROUBLESOME, name: 'b' })
      expect((await read(store, key)).metadata).toEqual({ ...TROUBLESOME, name: 'b' })
    })

    test('[ME6] null on a field that is not protected means absent', async () => {
      await using store = await open()
      const piSelectedModel = { provider: 'p', modelId: 'm' }
      const held = { ...SHOWN, name: 'a', unknown: 1, startingMode: 'local', piSelectedModel }
      const key = await born(store, held)
      const sent = { name: null, unknown: null, startingMode: null, piSelectedModel: null, fresh: null }
      const answer = written(await store.updateSessionMetadata(replace(key, 1, sent)))
      expect(answer.metadata).toEqual({ ...SHOWN, unknown: 1, startingMode: null, piSelectedModel: null })
    })

    test('[ME3] fields of the hub are neither set nor removed by a blob', async () => {
      await using store = await open()
      const key = await born(store, {})
      await patched(store, key, OWNED, { actor: { door: 'hub' } })
      const sent = { supersededBySessionId: 'forged', name: 'a' }
      const answer = written(await store.updateSessionMetadata(replace(key, 2, sent)))
      expect(answer.metadata).toEqual({ ...OWNED, name: 'a' })
    })

    for (const value of [
      null,
      undefined,
      0,
      1,
      true,
      '',
      'text',
      '{}',
      [],
      [{}],
      () => ({}),
      Symbol('s'),
      1n,
    ]) {
      test(`[ME8] a replace by ${typeof value} ${Array.isArray(value) ? 'list' : ''} is refused`, async () => {
        await using store = await open()
        const key = await born(store, { path: '/p', claudeSessionId: 't' })
        const before = await everythingIn(store)
        expectRefused(await store.updateSessionMetadata(replace(key, 1, value)), 'invalid_metadata')
        expect(await everythingIn(store)).toEqual(before)
        const create = { namespace: 'fresh', tag: 't', actor: ACTOR, metadata: value }
        expectRefused(await store.createOrLoadSession(create), 'invalid_metadata')
        expect(await everythingIn(store, 'fresh')).toEqual({
          records: [],
          machines: [],
          devices: [],
          floor: 0,
          feed: [],
        })
      })
    }

    test('[VE3] a stale replace writes nothing and reports the current version and metadata', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a' })
      await patched(store, key, { name: 'b', x: 1 })
      const before = await everythingIn(store)
      for (const expectedVersion of [0, 1, 3, Number.MAX_SAFE_INTEGER]) {
        const answer = await store.updateSessionMetadata(replace(key, expectedVersion, { name: 'c' }))
        expect(answer).toEqual({ kind: 'version-mismatch', version: 2, current: { name: 'b', x: 1 } })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE3] a stale replace is a mismatch even where it would change nothing', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a' })
      await patched(store, key, { name: 'b' })
      expect(await store.updateSessionMetadata(replace(key, 1, { name: 'b' }))).toMatchObject({
        kind: 'version-mismatch',
        version: 2,
      })
    })

    test('[ME10] a replace that changes nothing keeps the version and writes no entry', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a', summary: { text: 't', at: 1 } })
      const before = await everythingIn(store)
      const same = { summary: { at: 1, text: 't' }, name: 'a' }
      const answer = written(await store.updateSessionMetadata(replace(key, 1, same)))
      expect(answer).toMatchObject({ version: 1, changed: [], metadata: same })
      expect(await everythingIn(store)).toEqual(before)
    })
  })

  describe(`${name}: patch`, () => {
    test('[ME4] absent keeps, a value sets, objects merge inside, null removes', async () => {
      await using store = await open()
      const key = await born(store, {
        keep: 1,
        gone: 2,
        set: 3,
        deep: { a: 1, b: { c: 1, d: 2 }, e: [1, 2] },
      })
      const patch = {
        gone: null,
        set: 'x',
        fresh: [null],
        deep: { a: null, b: { c: 9 }, e: [3] },
        never: null,
      }
      const answer = await patched(store, key, patch)
      expect(answer.version).toBe(2)
      expect(answer.changed.toSorted()).toEqual(['deep', 'fresh', 'gone', 'set'])
      expect((await read(store, key)).metadata).toEqual({
        keep: 1,
        set: 'x',
        fresh: [null],
        deep: { b: { c: 9, d: 2 }, e: [3] },
      })
    })

    test('[ME4] an object over a scalar starts from nothing and drops its nulls', async () => {
      await using store = await open()
      const key = await born(store, { a: 'scalar', b: [1] })
      await patched(store, key, { a: { x: null, y: { z: null } }, b: { c: 1 }, fresh: { d: null } })
      expect((await read(store, key)).metadata).toEqual({ a: { y: {} }, b: { c: 1 }, fresh: {} })
    })

    for (const patch of [null, undefined, 0, true, '', '{"a":1}', [], [['a', 1]], () => 1, 1n]) {
      test(`[ME4] a patch that is ${typeof patch} ${JSON.stringify(typeof patch === 'bigint' ? '1n' : patch)} is refused`, async () => {
        await using store = await open()
        const key = await born(store, { a: 1 })
        const before = await everythingIn(store)
        expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'invalid_patch')
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    test('[ME9] a patch leaves what it does not name as it was', async () => {
      await using store = await open()
      const key = await born(store, TROUBLESOME)
      expect((await read(store, key)).metadata).toEqual(TROUBLESOME)
      for (const field of ['x', 'y', 'z']) await patched(store, key, { [field]: 1 })
      expect((await read(store, key)).metadata).toEqual({ ...TROUBLESOME, x: 1, y: 1, z: 1 })
      const names = Object.keys(TROUBLESOME)
      const list = await store.listSessions({ namespace: key.namespace, limit: 1, fields: names })
      expect(list.items[0]?.metadata).toEqual(TROUBLESOME)
      const [birth] = await feedOf(store)
      expect(birth?.set).toEqual(TROUBLESOME)
    })

    test('[ME10] a patch that changes nothing keeps the version, empty ones and removals of nothing too', async () => {
      await using store = await open()
      const key = await born(store, { a: { b: 1, c: 2 }, path: '/p' })
      const before = await everythingIn(store)
      const none = [
        {},
        { a: { c: 2 } },
        { a: { c: 2, b: 1 } },
        { nothing: null },
        { path: '/p' },
        { a: { d: null } },
      ]
      for (const patch of none)
        expect(await patched(store, key, patch)).toMatchObject({ version: 1, changed: [] })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[ME7] one unfit protected field refuses the whole patch', async () => {
      await using store = await open()
      const key = await born(store, { path: '/p', host: 'h' })
      const before = await everythingIn(store)
      for (const patch of [{ a: 1, path: '' }, { host: 3 }, { b: 2, flavor: {} }]) {
        expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'invalid_field')
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[ME1] every field keeps the version that last set it', async () => {
      await using store = await open()
      const key = await born(store, { a: 1, b: 1 })
      await patched(store, key, { b: 2 })
      await patched(store, key, { b: 3 })
      await patched(store, key, { a: 2, b: 3 })
      const [newest] = await journalOf(store, key)
      expect(newest?.changes).toEqual({ a: { before: 1, beforeVersion: 1, after: 2 } })
    })

    test('[ME1] a write of many fields is one version', async () => {
      await using store = await open()
      const fields = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]))
      const key = await born(store, fields)
      expect((await read(store, key)).metadata).toEqual(fields)
      const removal = Object.fromEntries(Object.keys(fields).map((field) => [field, null]))
      expect(await patched(store, key, { ...removal, f0: 'stays' })).toMatchObject({ version: 2 })
      expect((await read(store, key)).metadata).toEqual({ f0: 'stays' })
    })
  })

  describe(`${name}: versions`, () => {
    test('[VE1] each effective write is exactly one more, through every kind of write', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a', claudeSessionId: 't1' })
      const by = { ...key, actor: ACTOR }
      const versions = [
        written(await store.patchSessionMetadata({ ...by, patch: { a: 1, b: 2, c: 3 } })).version,
        written(await store.updateSessionMetadata({ ...by, expectedVersion: 2, metadata: { name: 'b' } }))
          .version,
        written(await store.clearResumeToken({ ...by, flavor: 'claude' })).version,
        written(await store.putBackToken({ ...by, flavor: 'claude', value: 't1' })).version,
        written(await store.restoreSession({ ...by, version: 1 })).version,
      ]
      expect(versions).toEqual([2, 3, 4, 5, 6])
      expect((await journalOf(store, key)).map(({ version, op }) => [version, op])).toEqual([
        [6, 'restore'],
        [5, 'put-back'],
        [4, 'clear'],
        [3, 'replace'],
        [2, 'patch'],
        [1, 'create'],
      ])
    })

    test('[VE2] a refused write leaves neither field nor entry nor event nor token', async () => {
      await using store = await open()
      const key = await born(store, { path: '/p' })
      const before = await everythingIn(store)
      const patch = { claudeSessionId: 't', note: 'x', host: '' }
      expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'invalid_field')
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE2] a field, its entry, its event and its token history appear together', async () => {
      await using store = await open()
      const key = await born(store, {})
      const looks = [
        async () => (await read(store, key)).metadataVersion === 2,
        async () => (await journalOf(store, key)).length === 2,
        async () => (await tokensOf(store, key)).length === 1,
        async () => (await feedOf(store)).length === 2,
      ]
      const answer = store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { claudeSessionId: 't' } })
      const writing = { settled: false }
      const seen: boolean[][] = []
      const watch = async (): Promise<void> => {
        for (let turn = 0; !writing.settled; turn += 1) {
          const first = turn % looks.length
          const order = [...looks.slice(first), ...looks.slice(0, first)]
          const there: boolean[] = []
          for (const look of order) there.push(await look())
          seen.push(there)
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const watching = watch()
      await answer
      writing.settled = true
      await watching
      for (const look of looks) expect(await look()).toBe(true)
      // What one look found, every later one finds too.
      for (const there of seen) expect(there).toEqual(there.toSorted((a, b) => Number(a) - Number(b)))
    })

    test('[VE8] the answer, the feed, the history and a read carry the same fields', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a', gone: 1 })
      const answer = await patched(store, key, { name: 'b', gone: null, deep: { x: [1] } })
      const session = await read(store, key)
      const [entry] = await journalOf(store, key)
      const change = (await feedOf(store)).at(-1)
      expect([session.metadataVersion, entry?.version, change?.version]).toEqual([2, 2, 2])
      expect(Object.keys(entry?.changes ?? {}).toSorted()).toEqual(answer.changed.toSorted())
      expect(change?.set).toEqual({ name: 'b', deep: { x: [1] } })
      expect(change?.removed).toEqual(['gone'])
      expect(session.metadata).toEqual({ ...change?.set })
      const { set: _set, removed: _removed, unavailable: _unavailable, ...head } = change ?? {}
      const { changes: _changes, ...entryHead } = entry ?? {}
      expect(head).toEqual(entryHead)
    })
  })
}
