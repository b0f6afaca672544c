import { describe, expect, test } from 'vitest'
import { read } from '../store/contract/test-store.ts'
import { changed } from './contract/changed-store.ts'
import { HeldDelays } from './contract/held-delays.ts'
import { openSocketWorld, PLACE, type SocketWorld } from './contract/socket-world.ts'
import { until } from './contract/test-client.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'

const { writes: MOST } = SOCKET_LIMITS

/** A world whose store takes a write of some fields, or of a blob, and carries it out when it is let go. */
async function heldWorld(delays = new HeldDelays()): Promise<{ held: HeldDelays; world: SocketWorld }> {
  const held = new HeldDelays()
  const world = await openSocketWorld({
    later: delays.later,
    store: (store) =>
      changed(store, {
        patchSessionMetadata: async (request) => {
          await held.later(0)
          return store.patchSessionMetadata(request)
        },
        updateSessionMetadata: async (request) => {
          await held.later(0)
          return store.updateSessionMetadata(request)
        },
      }),
  })
  return { held, world }
}

describe('an ack', () => {
  test('[VE6] of a patch does not come before the store has it', async () => {
    const { held, world } = await heldWorld()
    await using _ = world
    const { session } = await world.born()
    const client = await world.connect()
    let ack: unknown = 'not yet'
    const asked = client
      .ask('patch-metadata', { sid: session, patch: { name: 'n' } })
      .then((answer) => (ack = answer))
    await held.waiting(1)
    await client.settled()
    expect(ack).toBe('not yet')
    held.release()
    expect(await asked).toMatchObject({ result: 'success', version: 2 })
  })

  test('[VE6] of a blob does not come before the store has it', async () => {
    const { held, world } = await heldWorld()
    await using _ = world
    const { session } = await world.born()
    const client = await world.connect()
    let ack: unknown = 'not yet'
    const asked = client
      .ask('update-metadata', { sid: session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } })
      .then((answer) => (ack = answer))
    await held.waiting(1)
    await client.settled()
    expect(ack).toBe('not yet')
    held.release()
    expect(await asked).toMatchObject({ result: 'success', version: 2 })
  })
})

describe('what a connection may have under way', () => {
  test('[SE5] S59 one write too many is not looked at, and says so; the others are carried out', async () => {
    const { held, world } = await heldWorld()
    await using _ = world
    const key = await world.born()
    const client = await world.connect()
    const patch = (at: number) =>
      client.ask('patch-metadata', { sid: key.session, patch: { [`f${at}`]: at } })
    const taken = Array.from({ length: MOST }, (__, at) => patch(at))
    await held.waiting(MOST)
    expect(await patch(MOST)).toMatchObject({
      result: 'error',
      code: 'overloaded',
      limit: MOST,
      actual: MOST + 1,
    })
    const neighbour = (await world.connect()).ask('patch-metadata', { sid: key.session, patch: { n: 1 } })
    await held.waiting(MOST + 1)
    held.release()
    const acks = (await Promise.all([...taken, neighbour])) as { result: string; version: number }[]
    expect(new Set(acks.map(({ version }) => version)).size).toBe(MOST + 1)
    const again = patch(MOST)
    await held.waiting(1)
    held.release()
    expect(await again).toMatchObject({ result: 'success' })
    expect((await read(world.store, key)).metadata).toMatchObject({ [`f${MOST}`]: MOST, n: 1 })
  })

  test('[SE5] [CO9] one write too many of a released client is an error a second later', async () => {
    const delays = new HeldDelays()
    const { held, world } = await heldWorld(delays)
    await using _ = world
    const { session } = await world.born()
    const client = await world.connect()
    const blob = { sid: session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } }
    const taken = Array.from({ length: MOST }, () => client.ask('update-metadata', blob))
    await held.waiting(MOST)
    const tooMuch = client.ask('update-metadata', blob)
    await delays.waiting(1)
    delays.release()
    expect(await tooMuch).toEqual({ result: 'error' })
    held.release()
    await Promise.all(taken)
  })

  test('[SE5] errors that wait for their second are bounded', async () => {
    const delays = new HeldDelays()
    await using world = await openSocketWorld({ later: delays.later })
    const client = await world.connect()
    const most = SOCKET_LIMITS.waitingErrors
    let acks = 0
    const send = (count: number): void => {
      for (let at = 0; at < count; at += 1)
        void client
          .askAll('update-metadata', { sid: 'none', expectedVersion: 1, metadata: {} })
          .then(() => (acks += 1))
    }
    send(most)
    await delays.waiting(most)
    send(10)
    await client.settled()
    expect(delays.asked).toHaveLength(most)
    expect(world.door.counts.overLimit).toBe(10)
    delays.release()
    await until('the others are answered', () => acks === most)
  })

  test('[SE5] S42 a flood of events that are only dropped is neither answered nor an end', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born()
    const flooding = await world.connect({ sessionId: session })
    const neighbour = await world.connect()
    for (let at = 0; at < 20_000; at += 1) flooding.tell('terminal:output', { data: 'x' })
    const blob = { sid: session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } }
    expect(await flooding.ask('update-metadata', blob)).toMatchObject({ result: 'success', version: 2 })
    expect(await neighbour.ask('update-metadata', { ...blob, expectedVersion: 2 })).toMatchObject({
      version: 2,
    })
    const { burst, perSecond } = SOCKET_LIMITS.dropped
    expect(world.door.counts).toMatchObject({ dropped: burst, overLimit: 20_000 - burst })
    world.clock.move(1000)
    for (let at = 0; at < 2 * perSecond; at += 1) flooding.tell('terminal:output', { data: 'x' })
    await flooding.settled()
    expect(world.door.counts).toMatchObject({ dropped: burst + perSecond })
  })

  test('[SE5] a flood of signs of life does not touch writes, or the signs of others', async () => {
    await using world = await openSocketWorld()
    const [key, other] = [await world.born(), await world.born()]
    const flooding = await world.connect()
    const alive = { time: 1, thinking: false }
    const { burst } = SOCKET_LIMITS.signs
    for (let at = 0; at < burst + 100; at += 1) flooding.tell('session-alive', { ...alive, sid: key.session })
    const blob = { sid: key.session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } }
    expect(await flooding.ask('update-metadata', blob)).toMatchObject({ result: 'success' })
    expect(world.door.counts.overLimit).toBe(100)
    const neighbour = await world.connect()
    neighbour.tell('session-alive', { ...alive, sid: other.session })
    await neighbour.settled()
    expect(world.presence.session(other).active).toBe(true)
  })
})

describe('names that are not known here', () => {
  test.each([
    ['message', {}],
    ['messages-consumed', {}],
    ['terminal:output', {}],
    ['usage-report', {}],
    ['unheard-of', {}],
    ['messages-steer-state', { ok: false }],
    ['toString', {}],
    ['hasOwnProperty', {}],
    ['__proto__', {}],
    ['error', {}],
    ['', {}],
  ])('[CO7] "%s" is dropped, counted, and acked where an ack is asked', async (event, ack) => {
    await using world = await openSocketWorld()
    const client = await world.connect()
    expect(await client.askAll(event, { any: 'thing' })).toEqual([ack])
    client.tell(event, { any: 'thing' })
    await client.settled()
    expect(world.door.counts).toMatchObject({ dropped: 2, refused: 0, failed: 0 })
    expect(client.heard).toEqual([])
  })
})

describe('a hub that shuts down', () => {
  test('[OP4] answers what is under way, and takes nothing more', async () => {
    const { held, world } = await heldWorld()
    await using _ = world
    const key = await world.born()
    const client = await world.connect()
    let late: unknown = 'no answer'
    const patch = (name: string) => client.ask('patch-metadata', { sid: key.session, patch: { name } })
    const first = patch('taken')
    await held.waiting(1)
    let isDrained = false
    const drained = world.door.drain().then(() => (isDrained = true))
    void patch('late').then(
      (ack) => (late = ack),
      () => undefined,
    )
    await until('the late one is there', () => world.door.counts.tooLate === 1)
    expect(isDrained).toBe(false)
    held.release()
    expect(await first).toMatchObject({ result: 'success', version: 2 })
    await drained
    expect(late).toBe('no answer')
    expect((await read(world.store, key)).metadata).toEqual({ ...PLACE, name: 'taken' })
  })

  test('[OP4] waits for nothing where nothing is under way, not even for errors that wait', async () => {
    const delays = new HeldDelays()
    await using world = await openSocketWorld({ later: delays.later })
    const client = await world.connect()
    client.tell('update-metadata', { sid: 'none', expectedVersion: 1, metadata: {} })
    void client.askAll('update-metadata', { sid: 'none', expectedVersion: 1, metadata: {} })
    await delays.waiting(1)
    await world.door.drain()
    expect(delays.asked).toHaveLength(1)
    delays.release()
  })

  test('[OP4] [CO11] lets nobody in, and sends nobody away for good', async () => {
    await using world = await openSocketWorld()
    await world.door.drain()
    const client = world.knock({ token: 'wrong', clientType: 'session-scoped' })
    expect(await client.refusal()).toBeNull()
  })
})
