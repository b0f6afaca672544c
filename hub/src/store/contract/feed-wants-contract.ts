import { describe, expect, test } from 'vitest'
import type { ChangeHead, FeedPage, Store } from '../store.ts'
import { born, feedOf, NAMESPACE, patched, textOf, type OpenStore } from './test-store.ts'

type Changes = Extract<FeedPage, { kind: 'changes' }>

async function pageOf(
  store: Store,
  asked: { after: number; limit?: number; wants?: (head: ChangeHead) => boolean },
): Promise<Changes> {
  const page = await store.readFeed({ namespace: NAMESPACE, limit: 100, ...asked })
  if (page.kind !== 'changes') throw new Error(`The feed says ${page.because}.`)
  return page
}

/** Every change that is wanted, page by page, and how many pages it took. */
async function wanted(
  store: Store,
  wants: (head: ChangeHead) => boolean,
  limit: number,
): Promise<{ seqs: number[]; pages: number }> {
  const seqs: number[] = []
  for (let after = 0, pages = 1; ; pages += 1) {
    const page = await pageOf(store, { after, limit, wants })
    expect(page.changes.length).toBeLessThanOrEqual(limit)
    seqs.push(...page.changes.map((change) => change.seq))
    if (page.through === page.head) return { seqs, pages }
    if (page.through <= after) throw new Error(`The feed stands still at ${after}.`)
    after = page.through
  }
}

/** Two sessions whose changes alternate: seqs 1 and 2 make them, then odd ones are the first's. */
async function alternating(store: Store, changes: number) {
  const [one, two] = [await born(store, {}), await born(store, {})]
  for (let seq = 3; seq <= changes; seq += 1) await patched(store, seq % 2 === 1 ? one : two, { n: seq })
  return { one: one.session, two: two.session }
}

export function feedWantsContract(name: string, open: OpenStore): void {
  describe(`${name}: a feed of which not everything is wanted`, () => {
    test('[FE1] holds what is wanted, as it is in the whole feed', async () => {
      await using store = await open()
      const { two } = await alternating(store, 9)
      const whole = await feedOf(store)
      const page = await pageOf(store, { after: 0, wants: ({ session }) => session === two })
      expect(page).toEqual({
        kind: 'changes',
        epoch: store.epoch,
        head: 9,
        through: 9,
        changes: whole.filter((change) => change.session === two),
      })
    })

    test('[FE1] is asked once for each change, in order, by session and version', async () => {
      await using store = await open()
      await alternating(store, 9)
      const whole = await feedOf(store)
      const asked: ChangeHead[] = []
      await pageOf(store, { after: 2, wants: (head) => asked.push(head) > 0 })
      expect(asked).toEqual(whole.slice(2).map(({ session, version }) => ({ session, version })))
    })

    test('[FE1] one that wants everything is the whole feed', async () => {
      await using store = await open()
      await alternating(store, 70)
      for (const after of [0, 1, 31, 32, 69, 70])
        expect(await pageOf(store, { after, wants: () => true })).toEqual(await pageOf(store, { after }))
    })

    test('[FE1] of which nothing is wanted says how far it was looked at', async () => {
      await using store = await open()
      await alternating(store, 70)
      const page = await pageOf(store, { after: 3, wants: () => false })
      expect(page).toEqual({ kind: 'changes', epoch: store.epoch, head: 70, through: 70, changes: [] })
      const atTheHead = await pageOf(store, { after: 70, wants: () => true })
      expect(atTheHead).toMatchObject({ through: 70, changes: [] })
    })

    for (const limit of [1, 2, 3, 31, 32, 33, 100]) {
      test(`[FE1] in pages of ${limit} misses and repeats nothing`, async () => {
        await using store = await open()
        const { one } = await alternating(store, 140)
        const { seqs } = await wanted(store, ({ session }) => session === one, limit)
        expect(seqs).toEqual([1, ...Array.from({ length: 69 }, (_, index) => 3 + index * 2)])
      })
    }

    test('[FE1] a page that is full goes no further than its last change', async () => {
      await using store = await open()
      const { one } = await alternating(store, 9)
      const page = await pageOf(store, { after: 0, limit: 2, wants: ({ session }) => session === one })
      expect(page.changes.map((change) => change.seq)).toEqual([1, 3])
      expect([3, 4]).toContain(page.through)
    })

    test('[FE1] large changes that are wanted come on smaller pages, and none is left out', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (let n = 2; n <= 60; n += 1) await patched(store, key, { n: `${n}${textOf(60_000)}` })
      const first = await pageOf(store, { after: 0, limit: 1000, wants: () => true })
      expect(first.changes.length).toBeLessThan(60)
      expect(first.through).toBe(first.changes.at(-1)?.seq ?? 0)
      const { seqs } = await wanted(store, () => true, 1000)
      expect(seqs).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    })

    test('[FE1] a reader far behind who wants nothing gets to the head in bounded steps', async () => {
      await using store = await open()
      const key = await born(store, {})
      const writes = Array.from({ length: 5000 }, (_, n) => patched(store, key, { n }))
      await Promise.all(writes)
      const { seqs, pages } = await wanted(store, ({ version }) => version === 4999, 1000)
      expect(seqs).toEqual([4999])
      expect(pages).toBeGreaterThan(1)
      expect(pages).toBeLessThan(20)
    })

    test('[FE1] a reader that can not go on is told so whatever it wants', async () => {
      await using store = await open()
      await alternating(store, 9)
      await store.prune({ namespace: NAMESPACE, keepEntries: 2, keepBytes: 1e9, limit: 100 })
      const asked = { namespace: NAMESPACE, limit: 9, wants: () => false }
      expect(await store.readFeed({ ...asked, after: 3 })).toMatchObject({ because: 'pruned' })
      expect(await store.readFeed({ ...asked, after: 10 })).toMatchObject({ because: 'ahead' })
      expect(await store.readFeed({ ...asked, after: 9, epoch: 'x' })).toMatchObject({ because: 'epoch' })
      expect(await store.readFeed({ ...asked, after: 7 })).toMatchObject({ through: 9, changes: [] })
    })

    test('[SE2] knows nothing of another namespace', async () => {
      await using store = await open()
      await born(store, {}, { namespace: 'other' })
      await alternating(store, 4)
      const asked: ChangeHead[] = []
      const page = await store.readFeed({
        namespace: 'other',
        after: 0,
        limit: 9,
        wants: (head) => asked.push(head) > 0,
      })
      expect(page).toMatchObject({ head: 1, through: 1, changes: [{ seq: 1 }] })
      expect(asked).toHaveLength(1)
    })
  })
}
