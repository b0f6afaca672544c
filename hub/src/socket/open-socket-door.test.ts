import { describe, expect, test } from 'vitest'
import { broken, changed, failing } from './contract/changed-store.ts'
import { HeldDelays } from './contract/held-delays.ts'
import { RawSocket } from './contract/raw-frames.ts'
import { openSocketWorld, PLACE, ROOT_TOKEN } from './contract/socket-world.ts'

const RIGHT = { token: ROOT_TOKEN, clientType: 'session-scoped' }

describe('who comes in', () => {
  test('[CO2] a client with a known token, for a session of its namespace or for none', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born()
    const client = await world.connect({ sessionId: session })
    const blob = { sid: session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } }
    expect(await client.ask('update-metadata', blob)).toMatchObject({ result: 'success', version: 2 })
    await world.connect({ sessionId: 'not-there', machineId: 'not-there' })
    expect(world.door.counts.connections).toBe(2)
  })

  test.each<[string, object, string]>([
    ['S15 nothing at all', {}, 'unauthorized'],
    ['S16 a token that is a number', { ...RIGHT, token: 1 }, 'unauthorized'],
    ['S16 a token that is an object', { ...RIGHT, token: { a: 1 } }, 'unauthorized'],
    ['S16 a token of 10 KB', { ...RIGHT, token: 'x'.repeat(10_240) }, 'unauthorized'],
    ['a wrong token', { ...RIGHT, token: `${ROOT_TOKEN}x` }, 'unauthorized'],
    ['a wrong token and another shape', { token: 'wrong', clientType: 7 }, 'unauthorized'],
    ['no client type', { token: ROOT_TOKEN }, 'invalid_request'],
    ['an unheard-of client type', { ...RIGHT, clientType: 'browser' }, 'invalid_request'],
    ['a session id that is a number', { ...RIGHT, sessionId: 1 }, 'invalid_request'],
    ['features that are no list', { ...RIGHT, features: 'patches' }, 'invalid_request'],
  ])('[SE3] [CO11] %s is refused with its code, for good', async (_, auth, code) => {
    await using world = await openSocketWorld()
    const client = world.knock(auth)
    expect(await client.refusal()).toMatchObject({ data: { code } })
    await client.ended()
    expect(world.door.counts).toMatchObject({ connections: 0, refusedConnections: 1, cutConnections: 0 })
  })

  test('[SE4] a refusal and the log say nothing of the token that was sent', async () => {
    await using world = await openSocketWorld()
    const refusal = await world.knock({ ...RIGHT, token: 'a-secret-that-is-wrong' }).refusal()
    const wrongShape = await world.knock({ ...RIGHT, features: 1 }).refusal()
    expect(JSON.stringify([refusal, wrongShape, world.lines])).not.toMatch(/secret|root-token/)
  })

  test('[SE3] S09 whoever connects to the namespace that is always there is told where to go', async () => {
    await using world = await openSocketWorld()
    const client = world.knock(RIGHT, '/')
    expect(await client.refusal()).toMatchObject({
      message: expect.stringContaining('connect to /cli'),
      data: { code: 'invalid_request' },
    })
    await client.ended()
  })

  test('[SE3] S10 there is no other namespace', async () => {
    await using world = await openSocketWorld()
    expect(await world.knock(RIGHT, '/nope').refusal()).toMatchObject({ message: 'Invalid namespace' })
  })

  test('[CO11] a store that fails is no reason to send a client away: its transport is closed without a word', async () => {
    await using world = await openSocketWorld({
      store: (store) => changed(store, { hasSession: failing('storage_busy') }),
    })
    expect(await world.knock({ ...RIGHT, sessionId: 's1' }).refusal()).toBeNull()
    expect(world.door.counts).toMatchObject({ connections: 0, refusedConnections: 0, cutConnections: 1 })
  })

  test('[CO11] so is a bug on the way in', async () => {
    await using world = await openSocketWorld({ store: (store) => changed(store, { hasSession: broken }) })
    expect(await world.knock({ ...RIGHT, sessionId: 's1' }).refusal()).toBeNull()
    expect(world.lines.join()).toContain('a bug')
  })

  test('[CO11] and an address that sent too many wrong tokens', async () => {
    await using world = await openSocketWorld()
    const wrong = async () => (await world.knock({ ...RIGHT, token: 'wrong' }).refusal()) !== null
    let told = 0
    while (told < 1000 && (await wrong())) told += 1
    expect(told).toBeGreaterThan(0)
    expect(world.door.counts).toMatchObject({ refusedConnections: told, cutConnections: 1 })
    await world.connect()
  })

  test('[SE3] S08 after a wrong token the transport is closed, whatever else was sent on it', async () => {
    await using world = await openSocketWorld()
    using raw = await RawSocket.open(world.port)
    await raw.hears('0{')
    raw.send('40/cli,{"token":"wrong"}')
    expect(await raw.hears('44/cli')).toContain('unauthorized')
    await raw.closed()
    expect(world.door.counts.refusedConnections).toBe(1)
  })

  test('[SE3] S17 connecting twice at once gives no connection at all', async () => {
    await using world = await openSocketWorld()
    using raw = await RawSocket.open(world.port)
    await raw.hears('0{')
    const connect = `40/cli,${JSON.stringify(RIGHT)}`
    raw.send(connect, connect)
    await raw.closed()
    expect(world.door.counts.connections).toBe(0)
    await world.connect()
  })
})

describe('a token that is taken back', () => {
  test('[SE1] S68 ends its connections at once, and no others', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born()
    const { token, device } = await world.device('agent')
    const gone = await world.connect({ token, sessionId: session })
    const other = await world.connect({ token: (await world.device('agent')).token, sessionId: session })
    await world.devices.revoke({ namespace: 'default', role: 'admin', device: null }, device.id)
    expect(await gone.ended()).toBe('io server disconnect')
    const blob = { sid: session, expectedVersion: 1, metadata: { ...PLACE, name: 'n' } }
    expect(await other.ask('update-metadata', blob)).toMatchObject({ result: 'success' })
    expect(gone.heard).toEqual([])
    expect(await world.knock({ ...RIGHT, token }).refusal()).toMatchObject({ data: { code: 'unauthorized' } })
  })

  test('[SE1] ends a connection that is coming about, too', async () => {
    const held = new HeldDelays()
    await using world = await openSocketWorld({
      store: (store) =>
        changed(store, {
          hasSession: async () => {
            await held.later(0)
            return true
          },
        }),
    })
    const { token, device } = await world.device('agent')
    const client = world.knock({ ...RIGHT, token, sessionId: 's1' })
    await held.waiting(1)
    await world.devices.revoke({ namespace: 'default', role: 'admin', device: null }, device.id)
    held.release()
    expect(await client.ended()).toBe('io server disconnect')
    expect(world.door.counts.connections).toBe(0)
  })

  test('[SE1] S18 and nothing brings a connection back without asking again', async () => {
    await using world = await openSocketWorld()
    const { token, device } = await world.device('agent')
    using raw = await RawSocket.open(world.port)
    await raw.hears('0{')
    raw.send(`40/cli,${JSON.stringify({ ...RIGHT, token })}`)
    const connected = JSON.parse((await raw.hears('40/cli,')).slice(7)) as { sid: string; pid?: string }
    expect(connected.pid).toBeUndefined()
    await world.devices.revoke({ namespace: 'default', role: 'admin', device: null }, device.id)
    await raw.closed()
    const again = { ...RIGHT, token, pid: connected.sid, offset: 'x' }
    expect(await world.knock(again).refusal()).toMatchObject({ data: { code: 'unauthorized' } })
  })
})
