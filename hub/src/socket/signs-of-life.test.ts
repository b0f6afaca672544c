import { describe, expect, test } from 'vitest'
import { read } from '../store/contract/test-store.ts'
import { changed, failing } from './contract/changed-store.ts'
import { openSocketWorld, PLACE } from './contract/socket-world.ts'
import { HeldDelays } from './contract/held-delays.ts'
import { until } from './contract/test-client.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'

const TEN_YEARS = 10 * 365 * 24 * 3600 * 1000

describe('session-alive', () => {
  test.each([
    ['right', 0],
    ['S84 ten years ahead', TEN_YEARS],
    ['S84 ten years behind', -TEN_YEARS],
  ])('[CO12] makes its session active while the client is connected, its clock %s', async (_, by) => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect({ sessionId: key.session })
    const at = world.clock.time
    client.tell('session-alive', { sid: key.session, time: at + by, thinking: true, mode: 'remote' })
    await client.settled()
    expect(world.presence.session(key)).toEqual({
      active: true,
      activeAt: at,
      thinking: true,
      thinkingAt: at,
    })
    client[Symbol.dispose]()
    await until('it is not active', () => !world.presence.session(key).active)
  })

  test('[CO12] being connected alone makes nothing active', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect({ sessionId: key.session })
    client.tell('session-ready', { sid: key.session, time: 1 })
    await client.settled()
    expect(world.presence.session(key).active).toBe(false)
  })

  test('[CO12] after session-end on the same connection it makes nothing active', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect({ sessionId: key.session })
    client.tell('session-alive', { sid: key.session, time: 1, thinking: false })
    client.tell('session-end', { sid: key.session, time: 1, reason: 'completed' })
    client.tell('session-alive', { sid: key.session, time: 1, thinking: false })
    await client.settled()
    expect(world.presence.session(key).active).toBe(false)
    expect(
      await client.ask('update-metadata', {
        sid: key.session,
        expectedVersion: 1,
        metadata: { ...PLACE, lifecycleState: 'archived' },
      }),
    ).toMatchObject({ result: 'success' })
    const next = await world.connect({ sessionId: key.session })
    next.tell('session-alive', { sid: key.session, time: 1, thinking: false })
    await next.settled()
    expect(world.presence.session(key).active).toBe(true)
  })

  test('[CO12] the settings that it carries are stored, and only where they are news', async () => {
    let updates = 0
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          updateSettings: (request) => {
            updates += 1
            return store.updateSettings(request)
          },
        }),
    })
    const key = await world.born()
    const client = await world.connect({ sessionId: key.session })
    const settings = {
      permissionMode: 'plan',
      model: 'opus',
      modelReasoningEffort: null,
      effort: 'high',
      serviceTier: 'fast',
      collaborationMode: 'plan',
      copilotAgentMode: 'autopilot',
    }
    const alive = { sid: key.session, time: 1, thinking: false, ...settings }
    for (let at = 0; at < 5; at += 1) client.tell('session-alive', alive)
    client.tell('session-alive', { sid: key.session, time: 1, thinking: false })
    client.tell('session-alive', { ...alive, permissionMode: 'unheard-of' })
    await client.settled()
    expect((await read(world.store, key)).settings).toEqual(settings)
    expect(updates).toBe(1)
    client.tell('session-alive', { ...alive, model: null })
    await client.settled()
    expect((await read(world.store, key)).settings).toEqual({ ...settings, model: null })
    expect(updates).toBe(2)
  })

  test('[CO12] settings that could not be stored are stored by the next one', async () => {
    let isFull = true
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          updateSettings: (request) => (isFull ? failing('storage_full')() : store.updateSettings(request)),
        }),
    })
    const key = await world.born()
    const client = await world.connect({ sessionId: key.session })
    const alive = { sid: key.session, time: 1, thinking: false, model: 'opus' }
    client.tell('session-alive', alive)
    await client.settled()
    expect(world.presence.session(key).active).toBe(true)
    isFull = false
    client.tell('session-alive', alive)
    await client.settled()
    expect((await read(world.store, key)).settings).toEqual({ model: 'opus' })
  })
})

describe('machine-alive', () => {
  test('[CO5] makes its machine active while the client is connected', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect({ clientType: 'machine-scoped', machineId: 'm1' })
    client.tell('machine-alive', { machineId: 'm1', time: 1 })
    await client.settled()
    const machine = { namespace: 'default', machine: 'm1' }
    expect(world.presence.machine(machine)).toEqual({ active: true, activeAt: world.clock.time })
    client[Symbol.dispose]()
    await until('it is not active', () => !world.presence.machine(machine).active)
  })
})

describe('ping', () => {
  test('[CO5] is acked with nothing, whatever it carries', async () => {
    await using world = await openSocketWorld()
    const client = await world.connect()
    expect(await client.askAll('ping')).toEqual([])
    expect(await client.askAll('ping', { a: 1 }, 'b')).toEqual([])
  })
})

describe('a sign that can not be taken', () => {
  const alive = { time: 1, thinking: false }
  test.each<[string, string, object, object]>([
    [
      'of a session that is not there',
      'session-alive',
      { ...alive, sid: 'none' },
      { code: 'session_not_found', scope: 'session', id: 'none' },
    ],
    [
      "of another tenant's session",
      'session-alive',
      { ...alive, sid: 'theirs' },
      { code: 'session_not_found', scope: 'session', id: 'theirs' },
    ],
    [
      "of the end of another tenant's session",
      'session-end',
      { time: 1, sid: 'theirs' },
      { code: 'session_not_found', scope: 'session', id: 'theirs' },
    ],
    [
      "of another tenant's session that is ready",
      'session-ready',
      { time: 1, sid: 'theirs' },
      { code: 'session_not_found', scope: 'session', id: 'theirs' },
    ],
    [
      'of a machine that is not there',
      'machine-alive',
      { time: 1, machineId: 'none' },
      { code: 'machine_not_found', scope: 'machine', id: 'none' },
    ],
    [
      "of another tenant's machine",
      'machine-alive',
      { time: 1, machineId: 'theirs' },
      { code: 'machine_not_found', scope: 'machine', id: 'theirs' },
    ],
    [
      'with an id that is no id',
      'session-alive',
      { ...alive, sid: 'a\u0000b' },
      { code: 'session_not_found', scope: 'session', id: 'a\uFFFDb' },
    ],
    [
      'of another shape',
      'session-alive',
      { sid: 's1', time: 'x', thinking: 1 },
      { code: 'invalid_request', scope: 'session', id: 's1' },
    ],
    ['without an id', 'machine-alive', {}, { code: 'invalid_request', scope: 'machine', id: '' }],
  ])('[CO5] [SE2] %s is answered by an error event', async (_, event, payload, expected) => {
    await using world = await openSocketWorld()
    await world.born(PLACE, { id: 'theirs', namespace: 'other' })
    await world.machine('theirs', {}, 'other')
    const client = await world.connect()
    client.tell(event, payload)
    expect(await client.hears('error')).toEqual({ message: expect.any(String), ...expected })
    expect(world.presence.session({ namespace: 'other', session: 'theirs' }).active).toBe(false)
    expect(world.presence.machine({ namespace: 'other', machine: 'theirs' }).active).toBe(false)
  })

  test('[SE2] a token that only reads makes nothing active', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const { token } = await world.device('viewer')
    const client = await world.connect({ token, sessionId: key.session })
    client.tell('session-alive', { ...alive, sid: key.session, model: 'opus' })
    expect(await client.hears('error')).toMatchObject({ code: 'access_denied', id: key.session })
    expect(world.presence.session(key).active).toBe(false)
    expect((await read(world.store, key)).settings).toEqual({})
  })

  test('[SE5] the client is told of it so many times, and then now and then', async () => {
    await using world = await openSocketWorld()
    const client = await world.connect()
    const { burst } = SOCKET_LIMITS.complaints
    for (let at = 0; at < burst + 50; at += 1) client.tell('session-alive', { ...alive, sid: 'none' })
    await client.settled()
    expect(client.all('error')).toHaveLength(burst)
    expect(world.door.counts).toMatchObject({ refused: burst + 50, overLimit: 50 })
    world.clock.move(1000)
    for (let at = 0; at < 50; at += 1) client.tell('session-alive', { ...alive, sid: 'none' })
    await client.settled()
    expect(client.all('error')).toHaveLength(burst + SOCKET_LIMITS.complaints.perSecond)
  })

  test('[SE5] a store that fails costs the sign, and nothing else', async () => {
    await using world = await openSocketWorld({
      store: (store) => changed(store, { hasSession: failing('storage_error') }),
    })
    const client = await world.connect()
    client.tell('session-alive', { ...alive, sid: 's1' })
    await client.settled()
    expect(client.all('error')).toEqual([])
    expect(world.door.counts.failed).toBe(1)
  })

  test('[CO12] what waits for a look-up when the connection ends makes nothing active', async () => {
    const held = new HeldDelays()
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          hasSession: async (key) => {
            await held.later(0)
            return store.hasSession(key)
          },
        }),
    })
    const key = await world.born()
    const client = await world.connect()
    client.tell('session-alive', { ...alive, sid: key.session })
    await held.waiting(1)
    client[Symbol.dispose]()
    await until('the connection has ended', () => world.door.counts.connections === 0)
    held.release()
    await (await world.connect()).settled()
    expect(world.presence.session(key).active).toBe(false)
  })
})
