import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import type { ReadFeed } from '../store.ts'
import {
  ACTOR,
  born,
  expectRefused,
  feedOf,
  NAMESPACE,
  patched,
  read,
  textOf,
  type OpenStore,
} from './test-store.ts'

function readAfter(after: number, limit = 100): ReadFeed {
  return { namespace: NAMESPACE, after, limit }
}

export function feedContract(name: string, open: OpenStore): void {
  describe(`${name}: feed`, () => {
    test('[FE1] seq is contiguous over the sessions of a namespace, in the order of their commits', async () => {
      await using store = await open()
      const [one, two] = [await born(store, {}), await born(store, {})]
      await born(store, {}, { namespace: 'other' })
      await patched(store, two, { n: 1 })
      await patched(store, one, { n: 1 })
      await patched(store, one, { n: 1 })
      expectRefused(
        await store.patchSessionMetadata({ ...one, actor: ACTOR, patch: { path: '' } }),
        'invalid_field',
      )
      await patched(store, two, { n: 2 })
      const feed = await feedOf(store)
      expect(feed.map(({ seq, session, version }) => [seq, session, version])).toEqual([
        [1, one.session, 1],
        [2, two.session, 1],
        [3, two.session, 2],
        [4, one.session, 2],
        [5, two.session, 3],
      ])
    })

    test('[FE1] a reader goes on from any seq and gets every later change', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 6; index += 1) await patched(store, key, { n: index })
      const whole = await feedOf(store)
      for (let after = 0; after <= 6; after += 1) {
        const page = await store.readFeed({ ...readAfter(after), epoch: store.epoch })
        const at = { epoch: store.epoch, head: 6, through: 6 }
        expect(page).toEqual({ kind: 'changes', ...at, changes: whole.slice(after) })
      }
    })

    test('[FE1] a page holds at most what was asked for, and the head says what is left', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 6; index += 1) await patched(store, key, { n: index })
      for (const limit of [1, 2, 5, 6, 7]) {
        const page = await store.readFeed(readAfter(0, limit))
        const seqs = page.kind === 'changes' ? page.changes.map((change) => change.seq) : []
        expect(seqs).toEqual([1, 2, 3, 4, 5, 6].slice(0, limit))
        expect(page).toMatchObject({ through: Math.min(limit, 6), head: 6 })
      }
      const least = await store.readFeed(readAfter(2, 0))
      expect(least).toMatchObject({ kind: 'changes', changes: [{ seq: 3 }] })
    })

    test('[FE1] a reader ahead of the head, or of another epoch, is told so', async () => {
      await using store = await open()
      await born(store, {})
      const told = { kind: 'too_far_behind', epoch: store.epoch, floor: 0, head: 1 }
      expect(await store.readFeed(readAfter(2))).toEqual({ ...told, because: 'ahead' })
      expect(await store.readFeed({ ...readAfter(1), epoch: 'another' })).toEqual({
        ...told,
        because: 'epoch',
      })
      expect(await store.readFeed({ ...readAfter(9), epoch: 'another' })).toEqual({
        ...told,
        because: 'epoch',
      })
      expect(await store.readFeed({ namespace: 'nobody', after: 1, limit: 1 })).toEqual({
        ...told,
        because: 'ahead',
        head: 0,
      })
    })

    test('[FE1] a reader below what was pruned is told so, one at the floor goes on', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 6; index += 1) await patched(store, key, { n: index })
      const whole = await feedOf(store)
      await store.prune({ namespace: NAMESPACE, keepEntries: 2, keepBytes: 1e9, limit: 100 })
      const told = { kind: 'too_far_behind', because: 'pruned', epoch: store.epoch, floor: 4, head: 6 }
      for (const after of [0, 3]) expect(await store.readFeed(readAfter(after))).toEqual(told)
      for (const after of [4, 5, 6])
        expect(await store.readFeed(readAfter(after))).toMatchObject({
          kind: 'changes',
          head: 6,
          changes: whole.slice(after),
        })
    })

    test('[FE1] seqs go on after everything but the newest was pruned', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 6; index += 1) await patched(store, key, { n: index })
      await store.prune({ namespace: NAMESPACE, keepEntries: 0, keepBytes: 0, limit: 100 })
      await patched(store, key, { n: 7 })
      expect((await feedOf(store, NAMESPACE, 5)).map(({ seq, version }) => [seq, version])).toEqual([
        [6, 6],
        [7, 7],
      ])
    })

    test('[VE8] a change carries whole values, what was removed, and who and why', async () => {
      await using store = await open()
      const key = await born(store, {
        deep: { a: 1 },
        gone: 1,
        cursorSessionId: 't1',
        cursorSessionProtocol: 'p',
      })
      const actor = { door: 'http', device: 'd' } as const
      const patch = { deep: { b: 2 }, gone: null, cursorSessionId: 't2' }
      await patched(store, key, patch, { actor, reason: 'why' })
      const [change] = await feedOf(store, NAMESPACE, 1)
      expect(change).toMatchObject({
        seq: 2,
        version: 2,
        op: 'patch',
        actor,
        reason: 'why',
        set: { deep: { a: 1, b: 2 }, cursorSessionId: 't2' },
        unavailable: [],
      })
      expect(change?.removed.toSorted()).toEqual(['cursorSessionProtocol', 'gone'])
      expect(change).not.toHaveProperty('changes')
    })

    test('[VE8] a large value is in the feed as long as it is the current one', async () => {
      await using store = await open()
      const large = textOf(LIMITS.journaledBytes + 1)
      const key = await born(store, { large, a: 1 })
      await patched(store, key, { a: 2 })
      expect(await feedOf(store)).toMatchObject([
        { set: { large, a: 1 }, unavailable: [] },
        { set: { a: 2 } },
      ])
      await patched(store, key, { large: 'small' })
      const feed = await feedOf(store)
      expect(feed[0]).toMatchObject({ set: { a: 1 }, removed: [], unavailable: ['large'] })
      expect(feed[0]?.set).not.toHaveProperty('large')
      expect(feed[2]).toMatchObject({ set: { large: 'small' }, unavailable: [] })
    })

    test('[VE8] a large value that was removed or set again since is not given for the older one', async () => {
      await using store = await open()
      const [one, two] = [textOf(LIMITS.journaledBytes + 1, 'a'), textOf(LIMITS.journaledBytes + 1, 'b')]
      const removed = await born(store, { large: one })
      await patched(store, removed, { large: null })
      const again = await born(store, { large: one })
      await patched(store, again, { large: two })
      await patched(store, again, { large: one })
      expect(await feedOf(store)).toMatchObject([
        { set: {}, unavailable: ['large'] },
        { set: {}, removed: ['large'], unavailable: [] },
        { set: {}, unavailable: ['large'] },
        { set: {}, unavailable: ['large'] },
        { set: { large: one }, unavailable: [] },
      ])
    })

    test('[FE1] many large changes come on smaller pages, and none is left out', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let index = 2; index <= 60; index += 1)
        await patched(store, key, { n: `${index}${textOf(60_000)}` })
      const first = await store.readFeed(readAfter(0, 1000))
      expect(first.kind === 'changes' ? first.changes.length : 60).toBeLessThan(60)
      const feed = await feedOf(store)
      expect(feed.map((change) => change.seq)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    })

    test('[VE9] changes of one session are in version order, and add up to the session', async () => {
      await using store = await open()
      const key = await born(store, { n: 0, path: '/p' })
      const other = await born(store, {})
      const writes = Array.from({ length: 60 }, (_, index) =>
        patched(store, index % 3 === 0 ? other : key, {
          n: index,
          [`f${index % 5}`]: index % 2 === 0 ? null : 1,
        }),
      )
      await Promise.all(writes)
      const mine = (await feedOf(store)).filter((change) => change.session === key.session)
      const { metadata, metadataVersion } = await read(store, key)
      expect(mine.map((change) => change.version)).toEqual(
        Array.from({ length: metadataVersion }, (_, index) => index + 1),
      )
      const seen: Record<string, unknown> = {}
      for (const change of mine) {
        Object.assign(seen, change.set)
        for (const field of change.removed) delete seen[field]
      }
      expect(seen).toEqual(metadata)
    })
  })

  describe(`${name}: wake-ups`, () => {
    test('[VE9] a wake comes only when what it is about can be read', async () => {
      await using store = await open()
      const key = await born(store, {})
      const reads: Promise<unknown>[] = []
      store.onCommit((namespaces) => {
        expect(namespaces).toEqual([NAMESPACE])
        reads.push(read(store, key).then((session) => session.metadata))
      })
      const answer = patched(store, key, { n: 1 })
      await answer
      expect(reads.length).toBeGreaterThan(0)
      for (const seen of reads) expect(await seen).toEqual({ n: 1 })
    })

    test('[FE1] every change is followed by a wake, and a loop that only looks then misses nothing', async () => {
      await using store = await open()
      const keys = [await born(store, {}), await born(store, {})]
      const seen: number[] = []
      let at = 2
      let looking = Promise.resolve()
      const look = async (before: Promise<void>): Promise<void> => {
        await before
        const page = await store.readFeed({ namespace: NAMESPACE, after: at, limit: 1000 })
        if (page.kind !== 'changes') throw new Error(page.because)
        seen.push(...page.changes.map((change) => change.seq))
        at = seen.at(-1) ?? at
      }
      store.onCommit(() => {
        looking = look(looking)
      })
      const writes = []
      for (let index = 0; index < 30; index += 1) {
        for (const key of keys) writes.push(patched(store, key, { n: index }))
        if (index % 7 === 0) await Promise.all(writes)
      }
      await Promise.all(writes)
      await looking
      expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index + 3))
    })

    test('[FE1] a wake names the namespaces that advanced, and only those', async () => {
      await using store = await open()
      const mine = await born(store, {})
      const theirs = await born(store, {}, { namespace: 'other' })
      const woken: string[][] = []
      store.onCommit((namespaces) => void woken.push([...namespaces]))
      await patched(store, theirs, { n: 1 })
      await patched(store, mine, { n: 1 })
      await Promise.all([patched(store, mine, { n: 2 }), patched(store, theirs, { n: 2 })])
      expect(woken.slice(0, 2)).toEqual([['other'], [NAMESPACE]])
      expect([...new Set(woken.slice(2).flat())].toSorted()).toEqual([NAMESPACE, 'other'])
    })

    test('[ME10] writes that change nothing, or are refused, wake nobody', async () => {
      await using store = await open()
      const key = await born(store, { n: 1 })
      let wakes = 0
      store.onCommit(() => {
        wakes += 1
      })
      await patched(store, key, { n: 1 })
      const by = { ...key, actor: ACTOR }
      expectRefused(await store.patchSessionMetadata({ ...by, patch: { path: '' } }), 'invalid_field')
      await store.updateSessionMetadata({ ...by, expectedVersion: 9, metadata: {} })
      await store.createOrLoadSession({
        namespace: NAMESPACE,
        tag: 'x',
        id: key.session,
        actor: ACTOR,
        metadata: {},
      })
      expect(wakes).toBe(0)
    })

    test('[FE1] a listener that was taken away hears nothing more, the others do', async () => {
      await using store = await open()
      const key = await born(store, {})
      const heard = { one: 0, two: 0 }
      const off = store.onCommit(() => void (heard.one += 1))
      store.onCommit(() => void (heard.two += 1))
      await patched(store, key, { n: 1 })
      off()
      off()
      await patched(store, key, { n: 2 })
      expect(heard).toEqual({ one: 1, two: 2 })
    })
  })
}
