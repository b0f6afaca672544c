import { describe, expect, test } from 'vitest'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { SessionKey } from '../store/store.ts'
import { changed, failing } from './contract/changed-store.ts'
import { LEASE_MS, openSocketWorld, PLACE, type SocketWorld } from './contract/socket-world.ts'
import { until, type TestClient } from './contract/test-client.ts'

const TOKEN = 'the-token-of-claude'
const KNOWN = { ...PLACE, flavor: 'claude', machineId: 'm1', claudeSessionId: TOKEN }

/** The runs that the session ever had, newest first. */
async function runsOf({ store }: SocketWorld, session: SessionKey): Promise<readonly RunRecord[]> {
  return (await store.listRuns({ ...session, limit: 100 }))?.items ?? []
}

async function statesOf(world: SocketWorld, session: SessionKey): Promise<string[]> {
  return (await runsOf(world, session)).map(({ state, contended }) => (contended ? `${state}!` : state))
}

function says(client: TestClient, { session }: SessionKey, thinking = false): void {
  client.tell('session-alive', { sid: session, time: 1, thinking })
}

async function isLive({ runs }: SocketWorld, session: SessionKey, count = 1): Promise<void> {
  await until(`it has ${count} live runs`, () => runs.live.inSession(session).length === count)
}

/** A connected client of a released kind whose session has a run. */
async function running(world: SocketWorld, session: SessionKey): Promise<TestClient> {
  const client = await world.connect({ sessionId: session.session })
  says(client, session)
  await isLive(world, session)
  return client
}

async function ends(
  world: SocketWorld,
  session: SessionKey,
  client: TestClient,
  end: object,
): Promise<RunRecord> {
  client.tell('session-end', { sid: session.session, time: 1, ...end })
  await isLive(world, session, 0)
  const [run] = await runsOf(world, session)
  if (run === undefined) throw new Error('It has no run.')
  return run
}

describe('a client that knows no runs', () => {
  test('[RU2] its first alive opens one run, and every later one keeps the lease', async () => {
    await using world = await openSocketWorld()
    const session = await world.born(KNOWN)
    const client = await running(world, session)
    for (let beats = 0; beats < 5; beats += 1) {
      world.clock.move(LEASE_MS - 1)
      says(client, session, true)
      await client.settled()
      await world.runs.sweep()
    }
    expect(await runsOf(world, session)).toMatchObject([
      {
        kind: 'implicit',
        state: 'running',
        flavor: 'claude',
        machineId: 'm1',
        runtimeId: null,
        contended: false,
      },
    ])
  })

  test('[RU2] many alives at once open one run', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const client = await world.connect({ sessionId: session.session })
    for (let times = 0; times < 50; times += 1) says(client, session)
    await isLive(world, session)
    await client.settled()
    expect(await statesOf(world, session)).toEqual(['running'])
  })

  test.each([
    [{ reason: 'completed' }, 'success'],
    [{ reason: 'cleared' }, 'success'],
    [{ reason: 'handoff' }, 'success'],
    [{ reason: 'error' }, 'failed'],
    [{ reason: 'terminated' }, 'interrupted'],
    [{}, 'success'],
    [{ reason: 'something new' }, 'success'],
  ])(
    '[RU2] its end %j is the end of the run: %s, with the token that the session has',
    async (end, state) => {
      await using world = await openSocketWorld()
      const session = await world.born(KNOWN)
      const client = await running(world, session)
      expect(await ends(world, session, client, end)).toMatchObject({
        state,
        endedBy: 'client',
        token: TOKEN,
      })
      const [token] = (await world.store.tokenHistory({ ...session, limit: 1 }))?.items ?? []
      expect(token?.proof).toBe(state === 'success' ? 'confirmed' : 'provisional')
    },
  )

  test('[RU2] an end without a reason in the middle of a thought is an interruption', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const client = await running(world, session)
    says(client, session, true)
    expect(await ends(world, session, client, {})).toMatchObject({ state: 'interrupted' })
  })

  test.each([
    ['terminated', null, 'cancelled', 'terminated'],
    ['terminated', 'it goes in circles', 'cancelled', 'it goes in circles'],
    ['completed', 'it goes in circles', 'success', 'completed'],
  ] as const)(
    '[RU2] %s, after somebody asked for the end through the hub and said %s, is %s: %s',
    async (said, why, state, reason) => {
      await using world = await openSocketWorld()
      const session = await world.born()
      const client = await running(world, session)
      world.kills.asked(session, why)
      expect(await ends(world, session, client, { reason: said })).toMatchObject({ state, reason })
    },
  )

  test('[RU2] an end that overtakes the opening ends the run', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const heard: string[] = []
    world.runs.onRun(({ run }) => void heard.push(run.state))
    const client = await world.connect({ sessionId: session.session })
    says(client, session)
    client.tell('session-end', { sid: session.session, time: 1, reason: 'error' })
    await until('the run is over', () => heard.includes('failed'))
    expect(await statesOf(world, session)).toEqual(['failed'])
  })

  test('[CO12] an alive after the end on the same connection opens no run', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const client = await running(world, session)
    await ends(world, session, client, { reason: 'completed' })
    says(client, session)
    await client.settled()
    await client.settled()
    expect(await statesOf(world, session)).toEqual(['success'])
    const other = await running(world, session)
    await other.settled()
    expect(await statesOf(world, session)).toEqual(['running', 'success'])
  })

  test('[CO12] an end without an alive before it opens none either', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const client = await world.connect({ sessionId: session.session })
    client.tell('session-end', { sid: session.session, time: 1, reason: 'completed' })
    says(client, session)
    await client.settled()
    expect(await statesOf(world, session)).toEqual([])
  })

  test('[RU2] a viewer, and whoever speaks of a session that is not there, opens none', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const { token } = await world.device('viewer')
    const viewer = await world.connect({ token, sessionId: session.session })
    says(viewer, session)
    says(viewer, { namespace: 'default', session: 'nobody' })
    await viewer.settled()
    expect(world.runs.live.counts.implicit).toBe(0)
  })
})

describe('a connection that ends', () => {
  test('[RU2] leaves the run to its lease, and a reconnect within it goes on', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const first = await running(world, session)
    first[Symbol.dispose]()
    await until('it is gone', () => !world.presence.session(session).active)
    world.clock.move(LEASE_MS - 1)
    await world.runs.sweep()
    const second = await running(world, session)
    await second.settled()
    expect(await statesOf(world, session)).toEqual(['running'])
    world.clock.move(1)
    await world.runs.sweep()
    expect(await statesOf(world, session)).toEqual(['running'])
  })

  test('[RU2] [RU3] nobody comes back: the run is interrupted after its lease, and a later alive opens another', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const first = await running(world, session)
    first[Symbol.dispose]()
    await until('it is gone', () => !world.presence.session(session).active)
    world.clock.move(LEASE_MS)
    await world.runs.sweep()
    expect(await runsOf(world, session)).toMatchObject([{ state: 'interrupted', endedBy: 'lease' }])
    await running(world, session)
    expect(await statesOf(world, session)).toEqual(['running', 'interrupted'])
  })

  test('[RU2] [RU5] a client that was silent for long on one connection goes on with its run', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const client = await running(world, session)
    world.clock.move(10 * LEASE_MS)
    await world.runs.sweep()
    expect(await statesOf(world, session)).toEqual(['interrupted'])
    says(client, session)
    await isLive(world, session)
    expect(await statesOf(world, session)).toEqual(['running'])
  })

  test('[RU2] a reconnect before the old connection is known to be gone is the same client', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const old = await running(world, session)
    const next = await running(world, session)
    await next.settled()
    old[Symbol.dispose]()
    await next.settled()
    says(next, session)
    await next.settled()
    expect(await statesOf(world, session)).toEqual(['running'])
    expect(await ends(world, session, next, { reason: 'completed' })).toMatchObject({ state: 'success' })
  })

  test('[RU7] two clients that both go on are two runs, and both are contended', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const one = await running(world, session)
    const two = await running(world, session)
    for (const client of [two, one, two]) {
      says(client, session)
      await client.settled()
    }
    await isLive(world, session, 2)
    expect(await statesOf(world, session)).toEqual(['running!', 'running!'])
    one.tell('session-end', { sid: session.session, time: 1, reason: 'completed' })
    await isLive(world, session, 1)
    expect(await statesOf(world, session)).toEqual(['running!', 'success!'])
    for (let times = 0; times < 3; times += 1) {
      says(two, session)
      await two.settled()
    }
    expect(await statesOf(world, session)).toEqual(['running!', 'success!'])
  })

  test('[RU2] an end of the one that was taken over ends nothing of the other', async () => {
    await using world = await openSocketWorld()
    const session = await world.born()
    const old = await running(world, session)
    const next = await running(world, session)
    says(next, session)
    await next.settled()
    old.tell('session-end', { sid: session.session, time: 1, reason: 'error' })
    await old.settled()
    expect(await statesOf(world, session)).toEqual(['running'])
  })
})

describe('a store that can not', () => {
  test('[RU2] [OP5] an alive is taken all the same, and a later one opens the run', async () => {
    let isFull = true
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          openImplicitRun: (request) => (isFull ? failing('storage_full')() : store.openImplicitRun(request)),
        }),
    })
    const session = await world.born()
    const client = await world.connect({ sessionId: session.session })
    says(client, session, true)
    await until('it is active', () => world.presence.session(session).thinking)
    await until('it was logged', () => world.lines.some((line) => line.includes('storage_full')))
    expect(client.all('error')).toEqual([])
    isFull = false
    says(client, session)
    await isLive(world, session)
  })

  test('[RU2] while a run is being opened no other is asked for', async () => {
    let asked = 0
    const waiting: (() => void)[] = []
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          openImplicitRun: async (request) => {
            asked += 1
            await new Promise<void>((resolve) => void waiting.push(resolve))
            return store.openImplicitRun(request)
          },
        }),
    })
    const session = await world.born()
    const client = await world.connect({ sessionId: session.session })
    for (let times = 0; times < 20; times += 1) says(client, session)
    await client.settled()
    expect([asked, world.presence.session(session).active]).toEqual([1, true])
    waiting[0]?.()
    await isLive(world, session)
  })
})

describe('a claim', () => {
  test('[RU7] is refused while a released client is in the session', async () => {
    await using world = await openSocketWorld()
    const session = await world.born(KNOWN, { tag: 'k' })
    await running(world, session)
    const asked = { machineId: 'm1', runtimeId: null, intent: 'auto', actor: { door: 'http' } } as const
    const claim = { ...asked, namespace: 'default', key: 'k', flavor: 'claude' }
    expect(await world.runs.claim(claim)).toMatchObject({ kind: 'held', hold: { session: session.session } })
  })
})
