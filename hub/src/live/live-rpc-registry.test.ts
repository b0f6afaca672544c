import { describe, expect, test } from 'vitest'
import { LiveRpcRegistry, RPC_LIMITS } from './live-rpc-registry.ts'
import type { CallHolder } from './rpc-registry.ts'

const NS = 'default'
const METHOD = 'm:stop-session'
const TARGET = { namespace: NS, id: 'm' }
const STOPPED = { kind: 'answer', answer: { status: 'stopped' } }

type Asked = Parameters<CallHolder['ask']>[0]

/** A connection whose acks are given by hand. */
class Wire implements CallHolder {
  readonly id: string
  readonly asked: Asked[] = []
  readonly #waiting: { resolve: (ack: unknown) => void; reject: (error: Error) => void }[] = []

  constructor(id: string) {
    this.id = id
  }

  ask(request: Asked): Promise<unknown> {
    this.asked.push(request)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The oldest call that has no ack yet gets this one. */
  answer(ack: unknown): void {
    this.#waiting.shift()?.resolve(ack)
  }

  fail(): void {
    this.#waiting.shift()?.reject(new Error('operation has timed out'))
  }
}

function stop(registry: LiveRpcRegistry, target = TARGET) {
  return registry.call('stop-session', target, { params: { sessionId: 's' }, timeoutMs: 500 })
}

/** A registry in which these connections have registered the method, in this order. */
function registryOf(...wires: Wire[]): LiveRpcRegistry {
  const registry = new LiveRpcRegistry()
  for (const wire of wires) expect(registry.register(NS, METHOD, wire)).toBeNull()
  return registry
}

describe('a call', () => {
  test('[CO6] it goes to who registered the method, as JSON text, and brings the answer back', async () => {
    const wire = new Wire('c')
    const call = stop(registryOf(wire))
    expect(wire.asked).toEqual([{ method: METHOD, params: '{"sessionId":"s"}', timeoutMs: 500 }])
    wire.answer('{"status":"stopped"}')
    expect(await call).toEqual(STOPPED)
  })

  test.each<[string, unknown, object]>([
    ['an error', '{"error":"no such session","code":"gone"}', { kind: 'error', error: { code: 'gone' } }],
    ['another shape', '{"status":"resting"}', { kind: 'unreadable' }],
    ['no JSON', 'stopped', { kind: 'unreadable' }],
    ['nothing', undefined, { kind: 'unreadable' }],
    ['no text', { status: 'stopped' }, { kind: 'unreadable' }],
  ])('[CO6] %s in place of an answer is not taken for one', async (_, ack, result) => {
    const wire = new Wire('c')
    const call = stop(registryOf(wire))
    wire.answer(ack)
    expect(await call).toMatchObject(result)
  })

  test('[CO6] nobody registered it: nothing was asked', async () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    expect(await stop(registry, { ...TARGET, id: 'other' })).toEqual({ kind: 'absent' })
    const params = { paths: [] }
    expect(await registry.call('path-exists', TARGET, { params, timeoutMs: 1 })).toEqual({ kind: 'absent' })
    expect(wire.asked).toEqual([])
  })

  test('[SE2] it never leaves its namespace', async () => {
    const [own, stranger] = [new Wire('c1'), new Wire('c2')]
    const registry = registryOf(own)
    registry.register('other', METHOD, stranger)
    void stop(registry)
    const call = stop(registry, { ...TARGET, namespace: 'third' })
    expect([own.asked.length, stranger.asked.length]).toEqual([1, 0])
    expect(await call).toEqual({ kind: 'absent' })
  })

  test('[CO6] no ack in time: it may have been carried out', async () => {
    const wire = new Wire('c')
    const call = stop(registryOf(wire))
    wire.fail()
    expect(await call).toEqual({ kind: 'lost' })
  })

  test('[CO6] the connection ends before the ack: it is lost at once', async () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    const calls = [stop(registry), stop(registry)]
    registry.disconnected('c')
    expect(await Promise.all(calls)).toEqual([{ kind: 'lost' }, { kind: 'lost' }])
  })

  test('[CO6] another connection that ends takes no call with it', async () => {
    const [wire, other] = [new Wire('c1'), new Wire('c2')]
    const registry = registryOf(other, wire)
    const call = stop(registry)
    registry.disconnected('c2')
    wire.answer('{"status":"stopped"}')
    expect(await call).toEqual(STOPPED)
  })

  test('[CO6] what does not fit the call is our mistake, and is not sent', async () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    const params = { sessionId: '' }
    await expect(registry.call('stop-session', TARGET, { params, timeoutMs: 1 })).rejects.toThrow('sessionId')
    expect(wire.asked).toEqual([])
  })

  test('[SE5] a client that does not answer is asked only so much at once, and others are not held up', async () => {
    const [stuck, other] = [new Wire('c1'), new Wire('c2')]
    const registry = registryOf(stuck)
    registry.register(NS, 'm2:stop-session', other)
    const calls = Array.from({ length: RPC_LIMITS.inFlight }, () => stop(registry))
    expect(await stop(registry)).toMatchObject({ kind: 'refused', code: 'overloaded' })
    expect(stuck.asked.length).toBe(RPC_LIMITS.inFlight)
    void stop(registry, { ...TARGET, id: 'm2' })
    expect(other.asked.length).toBe(1)
    stuck.answer('{"status":"stopped"}')
    expect(await calls[0]).toEqual(STOPPED)
    void stop(registry)
    expect(stuck.asked.length).toBe(RPC_LIMITS.inFlight + 1)
  })
})

describe('registering', () => {
  test('[CO6] the newest registration counts', () => {
    const [old, renewed] = [new Wire('c1'), new Wire('c2')]
    void stop(registryOf(old, renewed))
    expect([old.asked.length, renewed.asked.length]).toEqual([0, 1])
  })

  test('[CO6] a client that registers again is the newest again', () => {
    const [first, second] = [new Wire('c1'), new Wire('c2')]
    void stop(registryOf(first, second, first))
    expect([first.asked.length, second.asked.length]).toEqual([1, 0])
  })

  test('[CO6] the old connection of a client that reconnected ends without taking the new one along', () => {
    const [old, renewed] = [new Wire('c1'), new Wire('c2')]
    const registry = registryOf(old, renewed)
    registry.disconnected('c1')
    void stop(registry)
    expect(renewed.asked.length).toBe(1)
  })

  test.each<[string, (registry: LiveRpcRegistry) => void]>([
    ['disconnects', (registry) => registry.disconnected('c2')],
    ['unregisters', (registry) => registry.unregister(NS, METHOD, 'c2')],
  ])('[CO6] once the newest %s, the one before it is asked again', (_, leave) => {
    const [stays, leaves] = [new Wire('c1'), new Wire('c2')]
    const registry = registryOf(stays, leaves)
    leave(registry)
    void stop(registry)
    expect([stays.asked.length, leaves.asked.length]).toEqual([1, 0])
  })

  test('[CO6] a connection that ends takes all its names along', async () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    registry.register(NS, 's:killSession', wire)
    registry.disconnected('c')
    const request = { params: {}, timeoutMs: 1 }
    expect(await stop(registry)).toEqual({ kind: 'absent' })
    expect(await registry.call('killSession', { ...TARGET, id: 's' }, request)).toEqual({ kind: 'absent' })
  })

  test('[SE5] nobody but its holder unregisters a method', () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    registry.register(NS, 's:killSession', new Wire('stranger'))
    registry.unregister(NS, METHOD, 'stranger')
    registry.unregister('other', METHOD, 'c')
    void stop(registry)
    expect(wire.asked.length).toBe(1)
  })

  test('[CO6] what is registered in the name of a connection that is gone is not taken', async () => {
    const registry = new LiveRpcRegistry()
    const wire = new Wire('c')
    registry.disconnected('c')
    expect(registry.register(NS, METHOD, wire)).toBeNull()
    const call = stop(registry)
    expect(wire.asked).toEqual([])
    expect(await call).toEqual({ kind: 'absent' })
  })
})

describe('bounds', () => {
  test('[SE5] a connection has so many names; one it has already, and one after another went, are taken', () => {
    const wire = new Wire('c')
    const registry = registryOf(wire)
    for (let n = 1; n < RPC_LIMITS.names; n += 1) expect(registry.register(NS, `m:${n}`, wire)).toBeNull()
    const limit = RPC_LIMITS.names
    expect(registry.register(NS, 'm:more', wire)).toMatchObject({ kind: 'refused', code: 'too_large', limit })
    expect(registry.register(NS, METHOD, wire)).toBeNull()
    registry.unregister(NS, 'm:1', 'c')
    expect(registry.register(NS, 'm:more', wire)).toBeNull()
  })

  test('[SE5] a name has so many characters', () => {
    const registry = new LiveRpcRegistry()
    const longest = `m:${'x'.repeat(RPC_LIMITS.nameLength - 2)}`
    expect(registry.register(NS, longest, new Wire('c'))).toBeNull()
    const refused = { kind: 'refused', code: 'too_large', actual: RPC_LIMITS.nameLength + 1 }
    expect(registry.register(NS, `${longest}x`, new Wire('c'))).toMatchObject(refused)
  })

  test('[SE5] of those who registered one method the newest are remembered', async () => {
    const wires = Array.from({ length: RPC_LIMITS.holders + 1 }, (_, n) => new Wire(`c${n}`))
    const registry = registryOf(...wires)
    for (const { id } of wires.slice(2)) registry.disconnected(id)
    void stop(registry)
    expect(wires.map(({ asked }) => asked.length)).toEqual([0, 1, ...wires.slice(2).map(() => 0)])
    registry.disconnected('c1')
    expect(await stop(registry)).toEqual({ kind: 'absent' })
  })
})
