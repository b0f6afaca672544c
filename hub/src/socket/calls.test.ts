import { describe, expect, test } from 'vitest'
import { RPC_LIMITS } from '../live/live-rpc-registry.ts'
import { openSocketWorld } from './contract/socket-world.ts'

const RUNNER = { clientType: 'machine-scoped', machineId: 'm1' } as const
const ASK = { params: { paths: ['/a'] }, timeoutMs: 20_000 }
const HERE = { namespace: 'default', id: 'm1' }

describe('calls', () => {
  test('[CO6] a client answers the methods of its machine, and of its session', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const { session } = await world.born()
    const client = await world.connect({ ...RUNNER, sessionId: session })
    client.answers('m1:path-exists', (params) => JSON.stringify({ exists: { [params]: true } }))
    client.answers(`${session}:killSession`, () => JSON.stringify({ success: true, message: 'ok' }))
    client.tell('rpc-register', { method: 'm1:path-exists' })
    client.tell('rpc-register', { method: `${session}:killSession` })
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, ASK)).toEqual({
      kind: 'answer',
      answer: { exists: { '{"paths":["/a"]}': true } },
    })
    const there = { namespace: 'default', id: session }
    expect(await world.registry.call('killSession', there, { params: {}, timeoutMs: 20_000 })).toMatchObject({
      kind: 'answer',
      answer: { success: true },
    })
  })

  test('[CO6] what it answers no more is asked no more', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    client.tell('rpc-register', { method: 'm1:path-exists' })
    client.tell('rpc-unregister', { method: 'm1:path-exists' })
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, ASK)).toEqual({ kind: 'absent' })
  })

  test('[CO6] a connection that ends loses what it was asked, at once', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    client.tell('rpc-register', { method: 'm1:path-exists' })
    await client.settled()
    const call = world.registry.call('path-exists', HERE, { ...ASK, timeoutMs: 2 ** 30 })
    await client.hears('rpc-request')
    client[Symbol.dispose]()
    expect(await call).toEqual({ kind: 'lost' })
    expect(await world.registry.call('path-exists', HERE, ASK)).toEqual({ kind: 'absent' })
  })

  test('[CO6] a call that is not answered in time is lost', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    client.tell('rpc-register', { method: 'm1:path-exists' })
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, { ...ASK, timeoutMs: 1 })).toEqual({ kind: 'lost' })
  })

  test('[SE5] an answer that is far too long is lost', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    client.answers('m1:path-exists', () =>
      JSON.stringify({ exists: { a: true }, more: 'x'.repeat(1024 * 1024) }),
    )
    client.tell('rpc-register', { method: 'm1:path-exists' })
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, ASK)).toEqual({ kind: 'lost' })
  })

  test.each<[string, unknown, string]>([
    ['of another session of its namespace', 'other:killSession', 'access_denied'],
    ['of another machine of its namespace', 'm2:path-exists', 'access_denied'],
    ["S83 of another tenant's machine, which it says is its own", 'theirs:path-exists', 'machine_not_found'],
    ['of nobody', 'path-exists', 'access_denied'],
    ['of an empty scope', ':path-exists', 'access_denied'],
    ['of its own id and no name', 'm1:', 'access_denied'],
    ['that is a number', 7, 'invalid_request'],
    ['that is not there', undefined, 'invalid_request'],
  ])('[CO6] [SE2] it may not register a method %s', async (_, method, code) => {
    await using world = await openSocketWorld()
    for (const id of ['m1', 'm2']) await world.machine(id)
    await world.machine('theirs', {}, 'other')
    await world.born({}, { id: 'other' })
    const machineId = code === 'machine_not_found' ? 'theirs' : 'm1'
    const client = await world.connect({ ...RUNNER, machineId })
    client.tell('rpc-register', { method })
    expect(await client.hears('error')).toMatchObject({ code })
    for (const id of ['m1', 'm2', 'theirs', 'other'])
      for (const namespace of ['default', 'other'])
        expect(await world.registry.call('path-exists', { namespace, id }, ASK)).toEqual({ kind: 'absent' })
  })

  test('[CO6] nor with a token that only reads', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const { token } = await world.device('viewer')
    const client = await world.connect({ ...RUNNER, token })
    client.tell('rpc-register', { method: 'm1:path-exists' })
    expect(await client.hears('error')).toMatchObject({ code: 'access_denied' })
    expect(await world.registry.call('path-exists', HERE, ASK)).toEqual({ kind: 'absent' })
  })

  test('[CO6] a burst of registrations is never limited by its rate', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    for (let round = 0; round < 100; round += 1) {
      for (let at = 0; at < 34; at += 1) client.tell('rpc-register', { method: `m1:method-${at}` })
      client.tell('rpc-register', { method: 'm1:path-exists' })
    }
    client.answers('m1:path-exists', () => JSON.stringify({ exists: {} }))
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, ASK)).toMatchObject({ kind: 'answer' })
    expect(world.door.counts).toMatchObject({ overLimit: 0, refused: 0 })
  })

  test('[SE5] but by their number', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1')
    const client = await world.connect(RUNNER)
    for (let at = 0; at <= RPC_LIMITS.names; at += 1)
      client.tell('rpc-register', { method: `m1:method-${at}` })
    await client.settled()
    expect(client.all('error')).toMatchObject([{ code: 'too_large', scope: 'machine', id: 'm1' }])
  })

  test('[CO6] a machine that came into being after its client connected can be asked', async () => {
    await using world = await openSocketWorld()
    const client = await world.connect(RUNNER)
    await world.machine('m1')
    client.answers('m1:path-exists', () => JSON.stringify({ exists: {} }))
    client.tell('rpc-register', { method: 'm1:path-exists' })
    await client.settled()
    expect(await world.registry.call('path-exists', HERE, ASK)).toMatchObject({ kind: 'answer' })
  })
})
