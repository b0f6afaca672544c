import { expect, test } from 'vitest'
import { Retention } from './retention.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { SessionKey, Store } from './store.ts'

const ACTOR = { door: 'hub' } as const
const options = { keepEntries: 10, keepBytes: 1024 * 1024, step: 4, everyMs: 5, rest: 1 }

async function sessionWith(store: Store, namespace: string, writes: number): Promise<SessionKey> {
  const made = await store.createOrLoadSession({ namespace, tag: 't', actor: ACTOR, metadata: { n: 0 } })
  if (made.kind !== 'session') throw new Error(made.message)
  const key = { namespace, session: made.session.id }
  for (let n = 1; n <= writes; n += 1)
    await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { n } })
  return key
}

async function entriesOf(store: Store, key: SessionKey): Promise<number> {
  return (await store.sessionHistory({ ...key, limit: 1000 }))?.items.length ?? 0
}

test('[JO4] one round brings every namespace within its retention, and keeps the newest', async () => {
  await using store = await openSqliteStore(':memory:')
  await using retention = new Retention(store, () => undefined, { ...options, everyMs: 60_000 })
  const busy = await sessionWith(store, 'busy', 50)
  const quiet = await sessionWith(store, 'quiet', 3)
  await retention.run()
  expect(await entriesOf(store, busy)).toBe(10)
  expect(await entriesOf(store, quiet)).toBe(4)
  expect((await store.sessionHistory({ ...busy, limit: 1 }))?.items[0]?.version).toBe(51)
})

test('[JO4] it goes on by itself, and stops when it is disposed of', async () => {
  await using store = await openSqliteStore(':memory:')
  const key = await sessionWith(store, 'default', 30)
  const retention = new Retention(store, () => undefined, options)
  while ((await entriesOf(store, key)) > 10) await new Promise((resolve) => setTimeout(resolve, 5))
  await retention[Symbol.asyncDispose]()
  for (let n = 100; n < 120; n += 1) await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { n } })
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await entriesOf(store, key)).toBe(30)
})

test('[JO4] a round that fails is reported, and the next one is tried', async () => {
  const store = await openSqliteStore(':memory:')
  const reported: unknown[] = []
  await using _retention = new Retention(store, (error) => reported.push(error), options)
  await store.close()
  while (reported.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(reported[0]).toMatchObject({ code: 'store_stopped' })
})

test('[JO4] [VE5] a round with nothing to throw away looks at few mutation ids, and the rounds together at all of them', async () => {
  const clock = { now: 1_700_000_000_000 }
  await using store = await openSqliteStore(':memory:', { now: () => clock.now })
  const key = await sessionWith(store, 'default', 1)
  const patch = (n: number) =>
    store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { n }, mutationId: `mutation-id-${1000 + n}` })
  for (let n = 0; n < 40; n += 1) await patch(n)
  const steps: number[] = []
  const counted = new Proxy(store, {
    get: (target, name) => {
      if (name === 'prune') steps.push(1)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
  await using retention = new Retention(counted, () => undefined, {
    ...options,
    keepEntries: 1000,
    everyMs: 60_000,
  })
  await retention.run()
  expect(steps).toHaveLength(1)
  clock.now += 8 * 24 * 60 * 60 * 1000
  for (let round = 0; round < 12; round += 1) await retention.run()
  // An id that was thrown away is a new one when it comes again.
  for (let n = 0; n < 40; n += 1) expect(await patch(n)).not.toHaveProperty('replayed')
})

test('[JO4] an end does not wait for a rest between two steps', async () => {
  await using store = await openSqliteStore(':memory:')
  const key = await sessionWith(store, 'default', 30)
  const retention = new Retention(store, () => undefined, { ...options, everyMs: 60_000, rest: 1e6 })
  const round = retention.run()
  while ((await entriesOf(store, key)) === 31) await new Promise((resolve) => setTimeout(resolve, 1))
  await retention[Symbol.asyncDispose]()
  await round
  expect(await entriesOf(store, key)).toBe(27)
})
