import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store/store.ts'
import { born, FeedWorld, PLACE } from './contract/feed-world.ts'
import { sourceOf } from './contract/source-of.ts'
import type { FeedSource } from './feed-source.ts'
import { patchesRoom, wholeRoom, type RoomMessage } from './rooms.ts'

const S: SessionKey = { namespace: 'default', session: 's' }
const LARGE = 'x'.repeat(70_000)

interface Told {
  readonly version: number
  readonly [member: string]: unknown
}

function changes(told: readonly RoomMessage[]): Told[] {
  return told.filter(({ event }) => event === 'session-patched').map(({ payload }) => payload as Told)
}

interface Envelope {
  readonly id: string
  readonly seq: number
  readonly createdAt: number
  readonly body: { readonly sid: string; readonly metadata: Told | null; readonly agentState: Told | null }
}

function updates(told: readonly RoomMessage[]): Envelope[] {
  return told.filter(({ event }) => event === 'update').map(({ payload }) => payload as Envelope)
}

function versions(told: readonly RoomMessage[]): (number | undefined)[] {
  return [
    ...changes(told).map(({ version }) => version),
    ...updates(told).map(({ body }) => body.metadata?.version),
  ]
}

describe('whoever takes changes', () => {
  test('[WI4] is told of each one, with what it set and removed, in order', async () => {
    await using world = await FeedWorld.open()
    await world.born('s', { ...PLACE, name: 'a' })
    const told = world.listen(patchesRoom(S))
    await Promise.all([world.patch(S, { name: 'b' }), world.patch(S, { name: null, more: { a: 1 } })])
    await world.settled()
    expect(told.map(({ event }) => event)).toEqual(['session-patched', 'session-patched'])
    expect(changes(told)).toMatchObject([
      { sid: 's', version: 2, set: { name: 'b' }, removed: [], seq: 2 },
      { sid: 's', version: 3, set: { more: { a: 1 } }, removed: ['name'], seq: 3 },
    ])
  })

  test('[VE8] a change says what the journal and a fresh read say', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const told = world.listen(patchesRoom(S))
    await world.patch(S, { claudeSessionId: 'talk-1', nested: { b: [1, null, 'x'] } })
    await world.settled()
    const page = await world.store.readFeed({ namespace: 'default', after: 1, limit: 1 })
    const { seq, version, at, set, removed } = page.kind === 'changes' ? (page.changes[0] ?? {}) : {}
    expect(changes(told)).toEqual([{ sid: 's', seq, version, at, set, removed }])
    expect((await world.store.readSession(S))?.metadata).toMatchObject(set ?? {})
  })

  test('[VE9] a burst over many pages is told once, whole and in order', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const told = world.listen(patchesRoom(S))
    const many = Array.from({ length: 3000 }, (_, n) => n)
    await Promise.all(many.map((n) => world.patch(S, { n })))
    await world.settled()
    expect(versions(told)).toEqual(many.map((n) => n + 2))
    expect(changes(told).map(({ set }) => set)).toEqual(many.map((n) => ({ n })))
  })

  test('[VE9] a value that is not to be had any more is not told, and the gap shows', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const told = world.listen(patchesRoom(S))
    const patches = [{ big: `a${LARGE}` }, { big: `b${LARGE}` }, { name: 'n' }]
    await Promise.all(patches.map((patch) => world.patch(S, patch)))
    await world.settled()
    expect(changes(told)).toMatchObject([
      { version: 3, set: { big: `b${LARGE}` } },
      { version: 4, set: { name: 'n' } },
    ])
  })
})

describe('a released client', () => {
  test('[CO4] is told the whole metadata with its version, and nothing of the agent state', async () => {
    await using world = await FeedWorld.open()
    await world.born('s', { ...PLACE, name: 'a' })
    const told = world.listen(wholeRoom(S))
    await world.patch(S, { name: 'b' })
    await world.settled()
    const metadata = { version: 2, value: { ...PLACE, name: 'b' } }
    const body = { t: 'update-session', sid: 's', metadata, agentState: null }
    expect(updates(told)).toEqual([{ id: expect.any(String), seq: 1, createdAt: 5000, body }])
    expect(told.length).toBe(1)
  })

  test('[CO4] each update has an id and a place in the order of its own', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    await world.born('s2')
    const told = [world.listen(wholeRoom(S)), world.listen(wholeRoom({ ...S, session: 's2' }))]
    for (const name of ['a', 'b', 'c']) {
      await world.patch(S, { name })
      await world.patch({ ...S, session: 's2' }, { name })
      await world.settled()
    }
    const all = told.flatMap(updates)
    expect(new Set(all.map(({ id }) => id)).size).toBe(6)
    expect(all.map(({ seq }) => seq).toSorted()).toEqual([1, 2, 3, 4, 5, 6])
    for (const own of told.map(updates))
      expect(own.map(({ seq }) => seq)).toEqual(own.map(({ seq }) => seq).toSorted())
  })

  test('[VE9] of what was committed together it is told the newest, once', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const told = world.listen(wholeRoom(S))
    await Promise.all(Array.from({ length: 1000 }, (_, n) => world.patch(S, { n })))
    await world.settled()
    const metadata = { version: 1001, value: { ...PLACE, n: 999 } }
    expect(updates(told).map(({ body }) => body.metadata)).toEqual([metadata])
  })

  test('[VE9] a value that was ahead of the page is not told again when the feed comes to it', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    await world.born('s2')
    const told = world.listen(wholeRoom(S))
    world.listen(patchesRoom({ ...S, session: 's2' }))
    const first = world.patch(S, { n: 1 })
    const others = Array.from({ length: 600 }, (_, n) => world.patch({ ...S, session: 's2' }, { n }))
    await Promise.all([first, ...others, world.patch(S, { n: 2 })])
    await world.settled()
    expect(versions(told)).toEqual([3])
    await world.patch(S, { n: 3 })
    await world.settled()
    expect(versions(told)).toEqual([3, 4])
  })

  test('[CO10] is told nothing of metadata that it would not accept; whoever takes changes is', async () => {
    await using world = await FeedWorld.open()
    await world.born('s', { path: '/p' })
    const [whole, patched] = [world.listen(wholeRoom(S)), world.listen(patchesRoom(S))]
    await world.patch(S, { name: 'b' })
    await world.settled()
    expect([whole.length, patched.length]).toEqual([0, 1])
  })
})

describe('whoever made it', () => {
  test.each([
    ['patches', patchesRoom(S)],
    ['whole values', wholeRoom(S)],
  ])('[CO4] is not told, the others are: %s', async (_, room) => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const [own, other] = [world.listen(room, 'own'), world.listen(room, 'other')]
    await world.patch(S, { name: 'b' }, 'own')
    await world.settled()
    expect([versions(own), versions(other)]).toEqual([[], [2]])
  })

  test('[CO4] is told what somebody else made of it, before and after, in the same commit', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const [a, b] = [world.listen(patchesRoom(S), 'a'), world.listen(patchesRoom(S), 'b')]
    const whole = world.listen(wholeRoom(S), 'c')
    await Promise.all([
      world.patch(S, { n: 1 }, 'a'),
      world.patch(S, { n: 2 }, 'b'),
      world.patch(S, { n: 3 }, 'a'),
      world.patch(S, { n: 4 }, 'c'),
    ])
    await world.settled()
    expect([versions(a), versions(b), versions(whole)]).toEqual([[3, 5], [2, 4, 5], []])
  })

  test('[CO4] is left out however many promises later in the same turn it says so', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const [own, other] = [world.listen(patchesRoom(S), 'own'), world.listen(patchesRoom(S), 'other')]
    const version = await world.patch(S, { n: 1 })
    for (let hops = 0; hops < 100; hops += 1) await Promise.resolve()
    world.events.madeBy(S, version, 'own')
    await world.settled()
    expect([versions(own), versions(other)]).toEqual([[], [2]])
  })

  test('[CO4] a word on a version that the feed has passed leaves nobody out of a later one', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const told = world.listen(patchesRoom(S), 'a')
    await world.patch(S, { n: 1 })
    await world.settled()
    world.events.madeBy(S, 2, 'a')
    await world.patch(S, { n: 2 })
    await world.settled()
    expect(versions(told)).toEqual([2, 3])
  })

  test('[CO4] whoever says it first has made it: an answer that carries a version may have changed nothing', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const [a, b] = [world.listen(patchesRoom(S), 'a'), world.listen(patchesRoom(S), 'b')]
    await world.patch(S, { n: 1 }, 'a')
    world.events.madeBy(S, 2, 'b')
    await world.settled()
    expect([versions(a), versions(b)]).toEqual([[], [2]])
  })

  test('[SE5] of makers that wait for the feed the newest are remembered', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    await world.settled()
    const told = world.listen(patchesRoom(S), 'a')
    for (const version of [2, 3]) world.events.madeBy(S, version, 'a')
    for (let n = 0; n < 65_535; n += 1) world.events.madeBy({ ...S, session: 'other' }, n, 'b')
    await Promise.all([world.patch(S, { n: 1 }), world.patch(S, { n: 2 })])
    await world.settled()
    expect(versions(told)).toEqual([2])
  })
})

describe('tenants', () => {
  test('[SE2] a session of the same id in another namespace is told of its own changes only', async () => {
    await using world = await FeedWorld.open()
    const stranger = await world.born('s', PLACE, 'other')
    await world.born('s')
    const own = [world.listen(patchesRoom(S)), world.listen(wholeRoom(S))]
    const others = [world.listen(patchesRoom(stranger), 'x'), world.listen(wholeRoom(stranger), 'y')]
    await Promise.all([world.patch(stranger, { name: 'theirs' }, 'y'), world.patch(S, { name: 'ours' }, 'x')])
    await Promise.all([world.settled(), world.settled('other')])
    expect(own.map(versions)).toEqual([[2], [2]])
    expect(others.map(versions)).toEqual([[2], []])
    expect(JSON.stringify(others)).not.toContain('ours')
  })
})

describe('agent state', () => {
  test('[CO4] is told to everybody but its writer, in the order of its versions', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    const rooms = [wholeRoom(S), patchesRoom(S)]
    const others = rooms.map((room) => world.listen(room))
    const writer = rooms.map((room) => world.listen(room, 'writer'))
    for (const version of [2, 3])
      world.events.agentStateWritten(S, { version, value: { controlledByUser: version === 2 } }, 'writer')
    const states = [2, 3].map((version) => ({ version, value: { controlledByUser: version === 2 } }))
    const bodies = states.map((agentState) => ({ t: 'update-session', sid: 's', metadata: null, agentState }))
    for (const told of others) expect(updates(told).map(({ body }) => body)).toEqual(bodies)
    expect(writer).toEqual([[], []])
  })

  test('[CO10] what a released client would not accept of it is left out', async () => {
    await using world = await FeedWorld.open()
    const told = world.listen(wholeRoom(S))
    const value = { controlledByUser: 'yes', requests: null }
    world.events.agentStateWritten(S, { version: 2, value }, 'writer')
    expect(updates(told).map(({ body }) => body.agentState)).toEqual([
      { version: 2, value: { requests: null } },
    ])
  })
})

describe('the time before', () => {
  test('[FE1] what was committed before the start is not told, what comes after is', async () => {
    const before = async (store: Store) => {
      await born(store, 's')
      await store.patchSessionMetadata({ ...S, actor: { door: 'hub' }, patch: { n: 1 } })
    }
    await using world = await FeedWorld.open({ before })
    const told = world.listen(patchesRoom(S))
    await world.patch(S, { n: 2 })
    await world.settled()
    expect(versions(told)).toEqual([3])
  })

  test('[FE1] of a namespace that is new everything is told', async () => {
    await using world = await FeedWorld.open()
    const key = { namespace: 'new', session: 's' }
    const told = world.listen(patchesRoom(key))
    await world.born('s', PLACE, 'new')
    await world.settled('new')
    expect(changes(told)).toMatchObject([{ version: 1, set: PLACE }])
  })
})

describe('cost', () => {
  test('[FE1] commits that come together are one look', async () => {
    let looks = 0
    const source = (store: Store) =>
      sourceOf(store, {
        readFeed: (request) => {
          if (request.wants !== undefined) looks += 1
          return store.readFeed(request)
        },
      })
    await using world = await FeedWorld.open({ source })
    await world.born('s')
    await world.settled()
    looks = 0
    const told = world.listen(patchesRoom(S))
    await Promise.all(Array.from({ length: 100 }, (_, n) => world.patch(S, { n })))
    await world.until(() => told.length === 100)
    expect(looks).toBe(1)
  })

  test.each([
    ['patches', patchesRoom(S)],
    ['whole values', wholeRoom(S)],
  ])('[FE1] where only its maker listens, neither change nor session is read out: %s', async (_, room) => {
    const read: unknown[] = []
    const source = (store: Store) =>
      sourceOf(store, {
        readFeed: async (request) => {
          const page = await store.readFeed(request)
          read.push(...(page.kind === 'changes' ? page.changes : []))
          return page
        },
        readSession: (key) => {
          read.push(key)
          return store.readSession(key)
        },
      })
    await using world = await FeedWorld.open({ source })
    await world.born('s')
    const own = world.listen(room, 'maker')
    const beyond = world.listen(patchesRoom({ ...S, session: 's2' }))
    await world.patch(S, { n: 1 }, 'maker')
    await world.born('s2')
    expect([own.length, beyond.length]).toEqual([0, 1])
    expect(read).toMatchObject([{ session: 's2' }])
  })
})

function busy(): Promise<never> {
  return Promise.reject(new HoldfastError('storage_busy', 'The store is busy.'))
}

function withoutSession(session: string) {
  return (store: Store): FeedSource =>
    sourceOf(store, { readSession: (key) => (key.session === session ? busy() : store.readSession(key)) })
}

describe('trouble', () => {
  test('[FE1] a feed that can not be read for a while is told late, in order, and one line says so', async () => {
    let failures = 2
    const source = (store: Store) =>
      sourceOf(store, {
        readFeed: (request) =>
          request.wants !== undefined && failures-- > 0 ? busy() : store.readFeed(request),
      })
    await using world = await FeedWorld.open({ source })
    const told = world.listen(patchesRoom(S))
    await world.born('s')
    await world.patch(S, { n: 1 })
    await world.until(() => told.length === 2)
    expect(versions(told)).toEqual([1, 2])
    expect(world.log.lines).toMatchObject([{ level: 'error', facts: { namespace: 'default' } }])
  })

  test('[FE1] one session that can not be read keeps no other from being told', async () => {
    await using world = await FeedWorld.open({ source: withoutSession('s') })
    await world.born('s')
    await world.born('s2')
    const told = [world.listen(wholeRoom(S)), world.listen(wholeRoom({ ...S, session: 's2' }))]
    await Promise.all([world.patch(S, { n: 1 }), world.patch({ ...S, session: 's2' }, { n: 1 })])
    await world.settled()
    expect(told.map(versions)).toEqual([[], [2]])
    expect(world.log.lines).toMatchObject([{ level: 'error', facts: { session: 's' } }])
  })

  test('[FE1] a store that has stopped ends it with one line', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    await world.settled()
    world.listen(patchesRoom(S))
    const written = world.patch(S, { n: 1 })
    const closed = world.store.close()
    await written
    await closed
    await world.until(() => world.log.lines.length > 0)
    await world.events[Symbol.asyncDispose]()
    expect(world.log.lines).toMatchObject([{ level: 'error', facts: { namespace: 'default' } }])
  })

  test('[OP4] once it is disposed of nothing is told, and the store goes on', async () => {
    await using world = await FeedWorld.open()
    await world.born('s')
    await world.settled()
    const told = world.listen(patchesRoom(S))
    const written = world.patch(S, { n: 1 })
    await world.events[Symbol.asyncDispose]()
    await written
    await world.patch(S, { n: 2 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(told).toEqual([])
    expect(world.log.lines).toEqual([])
  })
})
