import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../errors/holdfast-error.ts'
import type { JsonObject } from '../metadata/json.ts'
import { FakeOutside } from './contract/fake-outside.ts'
import { ModelHub } from './contract/model-hub.ts'
import { byNow, outcome } from './contract/outcome.ts'
import { flush } from './contract/flush.ts'
import { Seat } from './contract/seat.ts'

const START: JsonObject = { path: '/p', host: 'h', count: 0 }

const increment = (metadata: Readonly<JsonObject>): JsonObject => ({ count: Number(metadata['count']) + 1 })

async function pair(metadata = START): Promise<readonly [one: Seat, other: Seat]> {
  const hub = new ModelHub(metadata)
  return [await new Seat(hub, new FakeOutside()).ready(), await new Seat(hub, new FakeOutside(1)).ready()]
}

async function seated(metadata = START): Promise<Seat> {
  return new Seat(new ModelHub(metadata), new FakeOutside()).ready()
}

describe('what others write', () => {
  test('[WI4] it is applied as it is told, without a read', async () => {
    const [one, other] = await pair()
    const written = one.client.updateMetadata({ title: 'theirs' })
    await one.settle()
    await written
    await other.settle()
    expect(other.client.confirmed).toEqual(one.client.confirmed)
    expect([other.reads.length, other.outside.timers]).toEqual([0, 0])
  })

  test('[WI4] own changes stay on top of it until the hub has decided', async () => {
    const [one, other] = await pair()
    const mine = one.client.updateMetadata({ title: 'mine' })
    const theirs = other.client.updateMetadata({ title: 'theirs', more: 1 })
    await other.settle()
    await theirs
    one.link.deliverEvent()
    expect(one.client.confirmed?.metadata).toEqual({ ...START, title: 'theirs', more: 1 })
    expect(one.client.metadata).toEqual({ ...START, title: 'mine', more: 1 })
    await one.settle()
    await mine
    expect(one.client.confirmed?.metadata).toEqual({ ...START, title: 'mine', more: 1 })
  })

  test('[WI4] a gap: the version is not applied, and the session is read once', async () => {
    const seat = await seated()
    seat.hub.write({ a: 1 })
    seat.link.events = []
    for (const b of [1, 2, 3]) seat.hub.write({ b })
    await seat.settle()
    expect(seat.client.confirmed).toEqual({ version: 1, metadata: START })
    seat.outside.pass(1_000)
    expect(seat.reads).toHaveLength(1)
    await seat.settle()
    expect(seat.client.confirmed).toEqual({ version: 5, metadata: { ...START, a: 1, b: 3 } })
    expect(seat.outside.timers).toBe(0)
  })

  test('[WI4] a gap that closes by itself needs no read', async () => {
    const seat = await seated()
    seat.hub.write({ a: 1 })
    seat.hub.write({ b: 1 })
    seat.link.events.reverse()
    await seat.settle()
    seat.outside.pass(1_000)
    expect(seat.reads).toHaveLength(0)
    expect(seat.client.confirmed).toEqual({ version: 3, metadata: { ...START, a: 1, b: 1 } })
  })

  test('[WI4] an event twice, or an old one again, changes nothing', async () => {
    const seat = await seated()
    seat.hub.write({ a: 1 })
    const [first] = seat.link.events
    seat.hub.write({ a: 2 })
    if (first === undefined) throw new Error('nothing was told')
    seat.link.events.push(first, first)
    await seat.settle()
    expect(seat.client.confirmed).toEqual({ version: 3, metadata: { ...START, a: 2 } })
    expect(seat.client.metadata).toEqual({ ...START, a: 2 })
    expect(seat.outside.timers).toBe(0)
  })

  test('[WI4] an event that is not understood, or of another session, is not applied', async () => {
    const seat = await seated()
    const told = { sid: 'session-2', version: 2, set: { a: 1 }, removed: [], seq: 2, at: 1 }
    seat.link.events.push({ event: 'session-patched', payload: told })
    await seat.settle()
    expect([seat.client.version, seat.outside.timers]).toEqual([1, 0])
    seat.link.events.push({ event: 'session-patched', payload: { ...told, sid: 'session-1', set: 7 } })
    await seat.settle()
    expect(seat.client.version).toBe(1)
    seat.outside.pass(1_000)
    expect(seat.reads).toHaveLength(1)
  })

  test('[VE8] an ack before the event of the version before it: shown, and in place when that comes', async () => {
    const [one, other] = await pair()
    const theirs = other.client.updateMetadata({ a: 1 })
    await other.settle()
    await theirs
    const mine = one.client.updateMetadata({ b: 1 })
    one.deliver()
    one.link.deliverAck()
    expect(await mine).toEqual({ version: 3, changed: ['b'] })
    expect(one.client.metadata).toEqual({ ...START, b: 1 })
    expect(one.client.confirmed).toEqual({ version: 1, metadata: START })
    await one.settle()
    expect(one.client.confirmed).toEqual({ version: 3, metadata: { ...START, a: 1, b: 1 } })
    one.outside.pass(1_000)
    expect(one.reads).toHaveLength(0)
  })

  test('[WI4] a whole value in place of changes is taken with its version, and no read is needed', async () => {
    const seat = await seated()
    for (const a of [1, 2, 3]) seat.hub.write({ a })
    const body = { t: 'update-session', sid: 'session-1', agentState: null }
    const metadata = { version: 3, value: seat.hub.at(3) }
    seat.link.events = [
      { event: 'update', payload: { id: 'u', seq: 1, createdAt: 1, body: { ...body, metadata } } },
      { event: 'update', payload: { id: 'u', seq: 2, createdAt: 1, body: { ...body, metadata: null } } },
      ...seat.link.events.slice(2),
    ]
    await seat.settle()
    seat.outside.pass(1_000)
    expect(seat.reads).toHaveLength(0)
    expect(seat.client.confirmed).toEqual({ version: 4, metadata: { ...START, a: 3 } })
  })

  test('[CO5] what the hub says of an event without an ack is heard', async () => {
    const seat = await seated()
    const payload = { message: 'No.', code: 'access_denied', scope: 'session', id: 'session-1' }
    seat.link.events.push({ event: 'error', payload })
    await seat.settle()
    expect(seat.errors.map(({ code, message }) => [code, message])).toEqual([['access_denied', 'No.']])
    expect(seat.client.state).toBe('live')
  })
})

describe('reading', () => {
  test('[WI4] after every connection the session is read once, spread over time after a loss', async () => {
    const seat = await seated()
    for (let round = 1; round <= 3; round++) {
      seat.link.cut()
      seat.hub.write({ round })
      while (seat.client.state === 'backing-off') seat.outside.pass(100)
      seat.open()
      expect(seat.reads).toHaveLength(0)
      seat.outside.pass(1_000)
      expect(seat.reads).toHaveLength(1)
      await seat.settle()
      expect(seat.client.confirmed).toEqual({ version: round + 1, metadata: { ...START, round } })
    }
  })

  test('[WI4] a read from before the connection does not count for it', async () => {
    const seat = new Seat(new ModelHub(START), new FakeOutside())
    seat.client.start()
    seat.open()
    seat.outside.pass(0)
    seat.answerRead()
    seat.link.cut()
    seat.hub.write({ missed: true })
    await seat.reconnect()
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: { ...START, missed: true } })
  })

  test('[WI4] what is told while a read is under way follows it', async () => {
    const seat = new Seat(new ModelHub(START), new FakeOutside())
    seat.client.start()
    seat.open()
    seat.outside.pass(0)
    seat.answerRead()
    seat.hub.write({ a: 1 })
    seat.link.deliverEvent()
    expect(seat.client.confirmed).toBe(null)
    seat.deliverRead()
    await flush()
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: { ...START, a: 1 } })
  })

  test('[CL7] one that fails for now is tried again after longer and longer pauses', async () => {
    const seat = new Seat(new ModelHub(START), new FakeOutside())
    seat.client.start()
    seat.open()
    const pauses: number[] = []
    for (let failure = 0; failure < 4; failure++) {
      let paused = 0
      while (seat.reads.length === 0) {
        seat.outside.pass(50)
        paused += 50
      }
      pauses.push(paused)
      seat.failRead(new HoldfastError('storage_busy', 'Busy.'))
      await flush()
    }
    expect(pauses.toSorted((left, right) => left - right)).toEqual(pauses)
    expect(new Set(pauses).size).toBe(4)
    expect(seat.errors.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'storage_busy'))
    seat.outside.pass(30_000)
    await seat.settle()
    expect((await seat.client.ready()).version).toBe(1)
  })

  test('[CL7] one that can never work stops the client', async () => {
    const seat = new Seat(new ModelHub(START), new FakeOutside())
    seat.client.start()
    seat.open()
    const ready = outcome(seat.client.ready())
    const waiting = outcome(
      seat.client.updateMetadata((metadata) => ({ seen: Object.keys(metadata).length })),
    )
    seat.outside.pass(0)
    seat.failRead(new HoldfastError('session_not_found', 'There is no such session.'))
    expect([await ready, await waiting]).toEqual(['session_not_found', 'session_not_found'])
    expect(seat.client.state).toBe('stopped')
    expect(seat.outside.timers).toBe(0)
  })

  test('[WI4] a hub that went back is believed, said aloud, and followed from there', async () => {
    const seat = await seated()
    for (const a of [1, 2, 3]) seat.hub.write({ a })
    await seat.settle()
    const older = new ModelHub({ ...START, a: 'older' }, 2)
    const read = seat.client.readSession()
    seat.reads[0]?.resolve(older.session())
    seat.reads = []
    expect((await read).metadataVersion).toBe(2)
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: { ...START, a: 'older' } })
    expect(seat.errors).toHaveLength(1)
  })

  test('a value that was read just before is there at once, and read again when connected', async () => {
    const hub = new ModelHub(START)
    const seat = new Seat(hub, new FakeOutside(), { base: { version: 1, metadata: START } })
    expect((await seat.client.ready()).metadata).toEqual(START)
    hub.write({ meanwhile: 1 })
    await seat.ready()
    expect(seat.client.metadata).toEqual({ ...START, meanwhile: 1 })
  })
})

describe('a patch that is made of what is there', () => {
  test('[VE4] it names the version that it is made of', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata(increment)
    expect(seat.client.metadata['count']).toBe(1)
    await seat.settle()
    expect(await written).toEqual({ version: 2, changed: ['count'] })
    expect(seat.hub.received[0]?.payload).toMatchObject({ patch: { count: 1 }, expectedVersion: 1 })
  })

  test('[CL8] where somebody was first it is made again, of the value of the newer version', async () => {
    const [one, other] = await pair()
    const both = [one, other].map((seat) => seat.client.updateMetadata(increment))
    one.deliver()
    other.deliver()
    other.link.deliverAck()
    await flush()
    expect(other.client.version).toBe(1)
    expect(other.link.outgoing).toHaveLength(0)
    await one.settle()
    await other.settle()
    expect((await Promise.all(both)).map(({ version }) => version)).toEqual([2, 3])
    expect(one.hub.metadata['count']).toBe(2)
    expect(new Set(one.hub.received.map(({ payload }) => payload['mutationId'])).size).toBe(3)
  })

  test('[CL8] where the newer value is not told it is read; the version alone is never enough', async () => {
    const seat = await seated()
    seat.hub.write({ count: 10 })
    seat.link.events = []
    const written = seat.client.updateMetadata(increment)
    await seat.settle()
    expect(seat.client.confirmed).toEqual({ version: 1, metadata: START })
    expect(seat.hub.received).toHaveLength(1)
    seat.outside.pass(1_000)
    await seat.settle()
    expect(await written).toEqual({ version: 3, changed: ['count'] })
    expect(seat.hub.metadata['count']).toBe(11)
  })

  test('[CL8] others that are first every time end it, after a bounded number of tries', async () => {
    const seat = await seated()
    const written = outcome(seat.client.updateMetadata(increment))
    for (let round = 1; round <= 30; round++) {
      seat.hub.write({ count: round * 100 })
      seat.deliver()
      seat.link.deliverAck()
      await flush()
      seat.link.deliverEvent()
    }
    expect(await byNow(written)).toBe('version_mismatch')
    expect(seat.hub.received).toHaveLength(10)
    expect(seat.client.metadata['count']).toBe(3000)
  })

  test('[CL8] a mismatch without anything newer is not asked again until the session was read', async () => {
    const seat = await seated()
    seat.hub.instead.push({ result: 'version-mismatch', version: 1, conflicts: { count: 0 } })
    const written = seat.client.updateMetadata(increment)
    await seat.settle()
    expect(seat.hub.received).toHaveLength(1)
    seat.outside.pass(1_000)
    await seat.settle()
    expect((await written).version).toBe(2)
  })

  test('[VE5] an attempt whose outcome is unknown is sent again as it was, not made again', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata(increment)
    seat.deliver()
    seat.link.cut()
    seat.hub.write({ count: 50 })
    await seat.reconnect()
    expect(await written).toEqual({ version: 2, changed: ['count'] })
    expect(seat.hub.effects.map(({ version }) => version)).toEqual([2, 3])
    expect(seat.hub.received.map(({ payload }) => payload)).toEqual([
      seat.hub.received[0]?.payload,
      seat.hub.received[0]?.payload,
    ])
    expect(seat.client.confirmed?.metadata['count']).toBe(50)
  })

  test('[CL8] it sees what was written before it, and what comes after waits for it', async () => {
    const seat = await seated()
    const all = [
      seat.client.updateMetadata({ count: 7 }),
      seat.client.updateMetadata(increment),
      seat.client.updateMetadata({ other: true }),
    ]
    expect(seat.client.metadata).toEqual({ ...START, count: 8, other: true })
    expect(seat.link.outgoing).toHaveLength(1)
    await Promise.all([...all, seat.settle()])
    expect(seat.hub.effects.map(({ changed }) => changed)).toEqual([['count'], ['count'], ['other']])
    expect(seat.hub.metadata['count']).toBe(8)
  })

  test('null and an empty patch change nothing and are not sent', async () => {
    const seat = await seated()
    for (const nothing of [null, {}])
      expect(await seat.client.updateMetadata(() => nothing)).toEqual({ version: 1, changed: [] })
    expect(seat.link.outgoing).toHaveLength(0)
  })

  test('a function that throws ends its own call only', async () => {
    const seat = await seated()
    const mistake = new Error('mine')
    const bad = seat.client.updateMetadata(() => {
      throw mistake
    })
    expect(await outcome(bad)).toBe(mistake)
    const good = seat.client.updateMetadata({ a: 1 })
    await seat.settle()
    expect((await good).version).toBe(2)
  })
})

describe('clearing a resume token', () => {
  const held = { ...START, cursorSessionId: 'token-1', cursorSessionProtocol: 'acp' }

  test('[WI3] the token goes, and what is paired with it', async () => {
    const seat = await seated(held)
    const cleared = seat.client.clearResumeToken({ flavor: 'cursor', reason: 'done with it' })
    expect(seat.client.metadata).toEqual(START)
    await seat.settle()
    expect((await cleared).changed).toEqual(['cursorSessionId', 'cursorSessionProtocol'])
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: START })
  })

  test('[WI3] a token that is not the one that was meant stays, and the call ends with a mismatch', async () => {
    const seat = await seated(held)
    const clear = { flavor: 'cursor', reason: 'old one', expectedToken: 'token-0' }
    const cleared = outcome(seat.client.clearResumeToken(clear))
    expect(seat.client.metadata).toEqual(held)
    await seat.settle()
    expect(await byNow(cleared)).toBe('version_mismatch')
    expect(seat.hub.metadata).toEqual(held)
  })

  test('[VE5] a lost ack: it is cleared once, and a token that came later stays', async () => {
    const seat = await seated(held)
    const cleared = seat.client.clearResumeToken({ flavor: 'cursor', reason: 'done with it' })
    seat.deliver()
    seat.link.cut()
    seat.hub.write({ cursorSessionId: 'token-2' })
    await seat.reconnect()
    expect((await cleared).version).toBe(2)
    expect(seat.client.confirmed?.metadata).toEqual({ ...START, cursorSessionId: 'token-2' })
  })

  test('[WI3] without a reason it is refused here', async () => {
    const seat = await seated(held)
    expect(await outcome(seat.client.clearResumeToken({ flavor: 'cursor', reason: '' }))).toBe(
      'invalid_request',
    )
  })
})
