import { describe, expect, test } from 'vitest'
import { answered, claimOf, PLACE as WHERE, runIdOf } from '../store/contract/test-runs.ts'
import type { SessionKey } from '../store/store.ts'
import { changed, failing } from './contract/changed-store.ts'
import { LEASE_MS, openSocketWorld, type SocketWorld } from './contract/socket-world.ts'
import { until, type TestClient } from './contract/test-client.ts'

const RUN = runIdOf(1)

async function claimed(world: SocketWorld, key = 'k', run = RUN): Promise<SessionKey> {
  const answer = answered(await world.runs.claim(claimOf(key, { runId: run })), 'claimed')
  return { namespace: 'default', session: answer.run.session }
}

function connected(world: SocketWorld, { session }: SessionKey, runId = RUN): Promise<TestClient> {
  return world.connect({ sessionId: session, features: ['patches'], runId })
}

function says(client: TestClient, { session }: SessionKey): void {
  client.tell('session-alive', { sid: session, time: 1, thinking: false })
}

async function stateOf({ store }: SocketWorld, run = RUN): Promise<string | undefined> {
  return (await store.readRun({ namespace: 'default', run }))?.state
}

const notHad = (world: SocketWorld): string[] => world.lines.filter((line) => line.includes('does not have'))

describe('a client that says which run it is', () => {
  test('[RU5] its alives are the heartbeats of that run, and open no other', async () => {
    await using world = await openSocketWorld()
    const session = await claimed(world)
    const client = await connected(world, session)
    for (let beats = 0; beats < 3; beats += 1) {
      world.clock.move(LEASE_MS - 1)
      says(client, session)
      await client.settled()
      await world.runs.sweep()
    }
    expect([await stateOf(world), world.runs.live.counts]).toEqual([
      'running',
      { claimed: 1, registered: 0, implicit: 0, resume: 0 },
    ])
    expect(world.presence.session(session).active).toBe(true)
  })

  test('[JO1] what it writes is written by the run, on the machine and in the runtime of the run', async () => {
    await using world = await openSocketWorld()
    const session = await claimed(world)
    const client = await connected(world, session)
    await client.ask('patch-metadata', { sid: session.session, patch: { name: 'n' } })
    const [entry] = (await world.store.sessionHistory({ ...session, limit: 1 }))?.items ?? []
    expect(entry?.actor).toEqual({
      door: 'socket',
      run: RUN,
      machine: WHERE.machineId,
      runtime: WHERE.runtimeId,
    })
  })

  test('[RU5] its alive revives a run whose lease ran out', async () => {
    await using world = await openSocketWorld()
    const session = await claimed(world)
    world.clock.move(LEASE_MS)
    await world.runs.sweep()
    expect(await stateOf(world)).toBe('interrupted')
    const client = await connected(world, session)
    says(client, session)
    await until('it is live', () => world.runs.live.counts.claimed === 1)
    expect([await stateOf(world), notHad(world)]).toEqual(['running', []])
  })

  test('[CO12] its end is no end of the run, which says itself how it ended', async () => {
    await using world = await openSocketWorld()
    const session = await claimed(world)
    const client = await connected(world, session)
    says(client, session)
    client.tell('session-end', { sid: session.session, time: 1, reason: 'error' })
    await client.settled()
    expect([await stateOf(world), world.presence.session(session).active]).toEqual(['running', false])
  })

  test.each([
    ['nobody has', runIdOf(9)],
    ['can be nobody’s', 'no id\u0000at all'],
  ])(
    '[RU5] a run that %s: the connection stays, it counts as nothing, and is logged once',
    async (_, run) => {
      await using world = await openSocketWorld()
      const session = await world.born()
      const client = await connected(world, session, run)
      for (let beats = 0; beats < 5; beats += 1) {
        says(client, session)
        await client.settled()
      }
      expect(
        await client.ask('patch-metadata', { sid: session.session, patch: { name: 'n' } }),
      ).toMatchObject({
        result: 'success',
      })
      expect([world.runs.leases.count, notHad(world).length]).toEqual([0, 1])
      const [entry] = (await world.store.sessionHistory({ ...session, limit: 1 }))?.items ?? []
      expect(entry?.actor).toEqual({ door: 'socket' })
    },
  )

  test('[RU5] a run that somebody followed is lost for good: the session stays as it is', async () => {
    await using world = await openSocketWorld()
    const session = await claimed(world)
    const client = await connected(world, session)
    says(client, session)
    await client.settled()
    world.clock.move(LEASE_MS)
    await claimed(world, 'k', runIdOf(2))
    for (let beats = 0; beats < 3; beats += 1) {
      says(client, session)
      await client.settled()
    }
    expect([await stateOf(world), await stateOf(world, runIdOf(2)), notHad(world).length]).toEqual([
      'interrupted',
      'running',
      1,
    ])
  })

  test('[RU5] the run of another session is not kept alive by it, and writes nothing here', async () => {
    await using world = await openSocketWorld()
    await claimed(world)
    const other = await world.born()
    const client = await connected(world, other)
    await client.ask('patch-metadata', { sid: other.session, patch: { name: 'n' } })
    world.clock.move(LEASE_MS - 1)
    says(client, other)
    await client.settled()
    world.clock.move(1)
    await world.runs.sweep()
    expect([await stateOf(world), notHad(world).length]).toEqual(['interrupted', 1])
    const [entry] = (await world.store.sessionHistory({ ...other, limit: 1 }))?.items ?? []
    expect(entry?.actor).toEqual({ door: 'socket' })
  })

  test('[SE2] the same run of another namespace is not its', async () => {
    await using world = await openSocketWorld()
    await claimed(world)
    const there = await world.device('agent', 'other')
    const made = await world.store.createOrLoadSession({
      namespace: 'other',
      tag: 't',
      actor: { door: 'hapi' },
      metadata: {},
    })
    if (made.kind === 'refused') throw new Error(made.message)
    const session = { namespace: 'other', session: made.session.id }
    const client = await world.connect({ token: there.token, sessionId: session.session, runId: RUN })
    world.clock.move(LEASE_MS - 1)
    says(client, session)
    await client.settled()
    world.clock.move(1)
    await world.runs.sweep()
    expect(await stateOf(world)).toBe('interrupted')
  })

  test('[RU5] one that is registered later counts from then on', async () => {
    await using world = await openSocketWorld()
    const session = await world.born({}, { tag: 'k' })
    const client = await connected(world, session)
    says(client, session)
    await client.settled()
    expect(notHad(world).length).toBe(1)
    answered(await world.runs.register({ ...claimOf('k'), runId: RUN }), 'run')
    world.clock.move(LEASE_MS - 1)
    says(client, session)
    await client.settled()
    world.clock.move(1)
    await world.runs.sweep()
    expect(await stateOf(world)).toBe('running')
  })

  test('[OP5] where the store can not say, the next alive asks again', async () => {
    let isFull = true
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          reviveRun: (request) => (isFull ? failing('storage_full')() : store.reviveRun(request)),
        }),
    })
    const session = await claimed(world)
    world.clock.move(LEASE_MS)
    await world.runs.sweep()
    const client = await connected(world, session)
    says(client, session)
    await until('it was logged', () => world.lines.some((line) => line.includes('storage_full')))
    isFull = false
    await client.settled()
    says(client, session)
    await until('it is live', () => world.runs.live.counts.claimed === 1)
    expect(notHad(world)).toEqual([])
  })
})
