import { describe, expect, test } from 'vitest'
import type { ListSessions, Store } from '../store.ts'
import { ACTOR, allPages, born, NAMESPACE, patched, type OpenStore } from './test-store.ts'

type Wanted = Pick<ListSessions, 'filter' | 'wants'>

function listed(store: Store, wanted: Wanted, limit = 10): Promise<string[]> {
  const pages = allPages((cursor) => store.listSessions({ namespace: NAMESPACE, limit, cursor, ...wanted }))
  return pages.then((items) => items.map(({ id }) => id))
}

async function zoo(store: Store): Promise<void> {
  await born(store, { flavor: 'claude', machineId: 'm1', name: 'Alpha one', path: '/srv/app' }, { id: 'a' })
  await born(store, { flavor: 'codex', machineId: 'm1', name: 'Beta' }, { id: 'b', tag: 'nightly-run' })
  await born(store, { flavor: 'claude', machineId: 'm2', lifecycleState: 'archived' }, { id: 'c' })
  await born(store, { flavor: 7, name: ['Alpha'], lifecycleState: 'running' }, { id: 'd' })
}

const FILTERS: readonly (readonly [string, Wanted, readonly string[]])[] = [
  ['nothing', { filter: {} }, ['d', 'c', 'b', 'a']],
  ['a flavor', { filter: { flavor: 'claude' } }, ['c', 'a']],
  ['a flavor that nobody has', { filter: { flavor: 'Claude' } }, []],
  ['a machine', { filter: { machineId: 'm1' } }, ['b', 'a']],
  ['what is archived', { filter: { archived: true } }, ['c']],
  ['what is not archived', { filter: { archived: false } }, ['d', 'b', 'a']],
  ['a word of the name', { filter: { words: 'alph' } }, ['a']],
  ['a word of the path', { filter: { words: 'APP' } }, ['a']],
  ['a word of the tag', { filter: { words: 'night run' } }, ['b']],
  ['all of it', { filter: { flavor: 'claude', machineId: 'm1', archived: false, words: 'one' } }, ['a']],
  ['some ids', { wants: (id) => id > 'b' }, ['d', 'c']],
  ['some ids of a flavor', { wants: (id) => id > 'b', filter: { flavor: 'claude' } }, ['c']],
]

export function listFilterContract(name: string, open: OpenStore): void {
  describe(`${name}: a list of some sessions`, () => {
    for (const [what, wanted, ids] of FILTERS) {
      test(`[WI5] [WI6] shows those that fit ${what}, in pages of any size`, async () => {
        await using store = await open()
        await zoo(store)
        for (const limit of [1, 2, 10]) expect(await listed(store, wanted, limit)).toEqual(ids)
      })
    }

    test('[WI5] shows of a session what any list shows', async () => {
      await using store = await open()
      await zoo(store)
      const all = await store.listSessions({ namespace: NAMESPACE, limit: 10 })
      const some = await store.listSessions({ namespace: NAMESPACE, limit: 10, filter: { words: 'alpha' } })
      expect(some.items).toEqual(all.items.filter(({ id }) => id === 'a'))
    })

    test('[WI5] follows a field that changes', async () => {
      await using store = await open()
      await zoo(store)
      await patched(store, { namespace: NAMESPACE, session: 'b' }, { flavor: 'claude', name: 'alpha two' })
      expect(await listed(store, { filter: { flavor: 'claude', words: 'alpha' } })).toEqual(['b', 'a'])
    })

    test('[SE2] shows nothing of another tenant', async () => {
      await using store = await open()
      await zoo(store)
      const seen: string[] = []
      const wants = (id: string): boolean => seen.push(id) > 0
      const page = await store.listSessions({ namespace: 'other', limit: 10, filter: {}, wants })
      expect([page, seen]).toEqual([{ items: [], nextCursor: null }, []])
    })

    test('[SE5] looks at 2,000 sessions for one page and no more', async () => {
      await using store = await open()
      await Promise.all(Array.from({ length: 2100 }, (_, at) => born(store, {}, { id: `s${at}` })))
      let looked = 0
      const wants = (id: string): boolean => {
        looked += 1
        return id === 's0'
      }
      const first = await store.listSessions({ namespace: NAMESPACE, limit: 10, wants })
      expect([first.items, looked]).toEqual([[], 2000])
      const cursor = first.nextCursor ?? 'missing'
      const second = await store.listSessions({ namespace: NAMESPACE, limit: 10, wants, cursor })
      expect(second).toMatchObject({ items: [{ id: 's0' }], nextCursor: null })
      expect(looked).toBe(2100)
    })

    test('[VE9] misses and repeats nothing while sessions come and change', async () => {
      await using store = await open()
      const made = await Promise.all(
        Array.from({ length: 40 }, (_, at) => born(store, { flavor: 'claude' }, { id: `s${at}` })),
      )
      const seen: string[] = []
      let cursor: string | undefined
      for (let round = 0; round < 100; round += 1) {
        const filter = { flavor: 'claude' }
        const page = await store.listSessions({ namespace: NAMESPACE, limit: 3, cursor, filter })
        seen.push(...page.items.map(({ id }) => id))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
        const key = made[round % made.length]
        if (key !== undefined) await patched(store, key, { round })
        await store.createOrLoadSession({
          namespace: NAMESPACE,
          tag: `late ${round}`,
          actor: ACTOR,
          metadata: { flavor: 'claude' },
        })
      }
      expect(seen).toEqual(made.map(({ session }) => session).toReversed())
    })
  })
}
