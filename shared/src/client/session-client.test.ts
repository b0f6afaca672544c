import { describe, expect, test } from 'vitest'
import type { ErrorCode } from '../errors/codes.ts'
import { LIMITS } from '../metadata/limits.ts'
import type { JsonObject } from '../metadata/json.ts'
import { FakeOutside } from './contract/fake-outside.ts'
import { ModelHub } from './contract/model-hub.ts'
import { byNow, outcome } from './contract/outcome.ts'
import { flush } from './contract/flush.ts'
import { Seat } from './contract/seat.ts'

const START: JsonObject = { path: '/p', host: 'h', title: 'start' }

function refused(code: string): JsonObject {
  return { result: 'error', code, message: `It is ${code}.` }
}

async function seated(options: ConstructorParameters<typeof Seat>[2] = {}): Promise<Seat> {
  return new Seat(new ModelHub(START), new FakeOutside(), options).ready()
}

function idsOf(hub: ModelHub): unknown[] {
  return hub.received.map(({ payload }) => payload['mutationId'])
}

describe('a patch', () => {
  test('[CL8] it is shown at once, and confirmed when the hub says so', async () => {
    const { client, ...seat } = await seated()
    const written = client.updateMetadata({ title: 'mine', summary: { text: 't', updatedAt: 1 } })
    expect(client.metadata).toEqual({ ...START, title: 'mine', summary: { text: 't', updatedAt: 1 } })
    expect(client.confirmed).toEqual({ version: 1, metadata: START })
    expect(seat.hub.version).toBe(1)
    client.close()
    await outcome(written)
  })

  test('[WI2] it carries the session, the patch, a mutation id and a reason, and no version', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'mine' }, { reason: 'why' })
    await seat.settle()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
    const [packet] = seat.hub.received
    expect(packet?.event).toBe('patch-metadata')
    expect(Object.keys(packet?.payload ?? {}).toSorted()).toEqual(['mutationId', 'patch', 'reason', 'sid'])
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: seat.hub.metadata })
  })

  test('[VE6] it is not done before the ack', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'mine' })
    seat.deliver()
    expect(await byNow(written)).toBe('pending')
    seat.link.deliverAck()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
  })

  test('[CL8] its maker may change the object afterwards; what was given counts', async () => {
    const seat = await seated()
    const patch = { custom: { list: [1] } }
    seat.client.start()
    const written = seat.client.updateMetadata(patch)
    patch.custom.list.push(2)
    await seat.settle()
    await written
    expect(seat.hub.metadata['custom']).toEqual({ list: [1] })
    expect(seat.client.metadata['custom']).toEqual({ list: [1] })
  })

  test('[ME10] one that changes nothing is done at the version that is there', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'start' })
    await seat.settle()
    expect(await written).toEqual({ version: 1, changed: [] })
    expect(seat.client.version).toBe(1)
  })

  test('[ME5] what the hub moves with it moves here too, without a read', async () => {
    const metadata = { ...START, cursorSessionId: 'one', cursorSessionProtocol: 'acp' }
    const seat = await new Seat(new ModelHub(metadata), new FakeOutside()).ready()
    const written = seat.client.updateMetadata({ cursorSessionId: 'two' })
    expect(seat.client.metadata).toEqual({ ...START, cursorSessionId: 'two' })
    await seat.settle()
    await written
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: { ...START, cursorSessionId: 'two' } })
    expect(seat.client.confirmed?.metadata).toEqual(seat.hub.metadata)
  })

  test('[ME11] one that is too large is refused before it could cut the connection', async () => {
    const seat = await seated()
    const size = LIMITS.patchBytes - '{"a":""}'.length
    for (const [text, code] of [
      ['x'.repeat(size + 1), 'too_large'],
      ['\u0001'.repeat(size / 2), 'too_large'],
      ['\uD800', 'invalid_field'],
    ] as const)
      expect(await outcome(seat.client.updateMetadata({ a: text }))).toBe(code)
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as []
    expect(await outcome(seat.client.updateMetadata({ deep }))).toBe('too_deep')
    expect(await outcome(seat.client.updateMetadata([] as unknown as JsonObject))).toBe('invalid_patch')
    expect(await outcome(seat.client.updateMetadata({}, { reason: 'x'.repeat(1025) }))).toBe(
      'invalid_request',
    )
    await seat.settle()
    expect(seat.hub.received).toEqual([])
    const most = seat.client.updateMetadata({ a: 'x'.repeat(size) })
    await seat.settle()
    expect(await most).toEqual({ version: 2, changed: ['a'] })
  })

  test('[CL7] one that the hub refuses is taken back, and the others stay', async () => {
    const seat = await seated()
    const bad = outcome(seat.client.updateMetadata({ claudeSessionId: null, title: 'never' }))
    const good = seat.client.updateMetadata({ custom: 1 })
    await seat.settle()
    expect(await byNow(bad)).toBe('protected_field')
    await good
    expect(seat.client.metadata).toEqual({ ...START, custom: 1 })
    expect(seat.client.metadata).toEqual(seat.hub.metadata)
    expect(seat.client.state).toBe('live')
  })
})

describe('delivery', () => {
  test('[VE5] a lost ack: the same mutation is sent again, and takes effect once', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'mine' })
    seat.deliver()
    seat.link.cut()
    await seat.reconnect()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
    const [first, second] = idsOf(seat.hub)
    expect(second).toBe(first)
    expect(seat.hub.effects).toHaveLength(1)
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: seat.hub.metadata })
  })

  test('[VE5] a connection that is lost on the way there: likewise', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'mine' })
    seat.link.cut()
    await seat.reconnect()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
    expect(seat.hub.effects).toHaveLength(1)
  })

  test('[VE5] no ack in time: the connection is given up, and the same mutation is sent over another', async () => {
    const seat = await seated()
    const written = seat.client.updateMetadata({ title: 'mine' })
    seat.deliver()
    seat.link.timeOut()
    await flush()
    expect(seat.client.state).toBe('backing-off')
    expect(seat.link.isClosed).toBe(true)
    await seat.reconnect()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
    expect(new Set(idsOf(seat.hub)).size).toBe(1)
  })

  test('[VE5] a copy that arrives long after changes nothing', async () => {
    const seat = await seated()
    const first = seat.client.updateMetadata({ title: 'first' })
    const [late] = seat.link.cut()
    await seat.reconnect()
    await first
    const second = seat.client.updateMetadata({ title: 'second' })
    await seat.settle()
    await second
    if (late === undefined) throw new Error('nothing was on its way')
    seat.hub.answer(late, null)
    expect(seat.hub.metadata['title']).toBe('second')
  })

  test('[CL7] what is made while the hub is away is kept, and sent in order when it is back', async () => {
    const seat = await seated()
    seat.link.cut()
    const all = ['a', 'b', 'c', 'd'].map((title) => seat.client.updateMetadata({ title, [title]: true }))
    expect(seat.client.metadata).toEqual({ ...START, title: 'd', a: true, b: true, c: true, d: true })
    await seat.reconnect()
    expect((await Promise.all(all)).map(({ version }) => version)).toEqual([2, 3, 4, 5])
    expect(seat.hub.history.get(3)?.['title']).toBe('b')
    expect(seat.client.confirmed?.metadata).toEqual(seat.hub.metadata)
  })

  test('[VE6] several are under way at once, but of one field only one', async () => {
    const seat = await seated()
    const all = [{ a: 1 }, { b: 1 }, { b: 2 }, { c: 1 }].map((patch) => seat.client.updateMetadata(patch))
    expect(seat.link.outgoing.map(({ payload }) => payload['patch'])).toEqual([{ a: 1 }, { b: 1 }])
    await Promise.all([...all, seat.settle()])
    expect(seat.hub.effects.map(({ changed }) => changed)).toEqual([['a'], ['b'], ['b'], ['c']])
  })

  test('[ME5] a token and what is paired with it count as one field', async () => {
    const seat = await seated()
    const all = [{ cursorSessionId: 'one' }, { cursorSessionProtocol: 'acp' }].map((patch) =>
      seat.client.updateMetadata(patch),
    )
    expect(seat.link.outgoing).toHaveLength(1)
    await Promise.all([...all, seat.settle()])
    expect(seat.hub.metadata).toMatchObject({ cursorSessionId: 'one', cursorSessionProtocol: 'acp' })
  })

  test('[SE5] so many are under way that the hub does not have to refuse any', async () => {
    const seat = await seated()
    const all = Array.from({ length: 300 }, (_, index) =>
      seat.client.updateMetadata({ [`f${index}`]: index }),
    )
    expect(seat.link.outgoing.length).toBeLessThanOrEqual(64)
    await Promise.all([...all, seat.settle()])
    expect(seat.client.version).toBe(301)
  })

  test.each<ErrorCode>(['overloaded', 'storage_full', 'storage_busy', 'rate_limited', 'shutting_down'])(
    '[CL7] %s: the same is sent again after a pause, and nothing overtakes it',
    async (code) => {
      const seat = await seated()
      seat.hub.instead.push(refused(code), refused(code))
      const first = seat.client.updateMetadata({ title: 'first' })
      const second = seat.client.updateMetadata({ title: 'second' })
      await seat.settle()
      expect(seat.hub.received).toHaveLength(1)
      while (seat.hub.version === 1) {
        seat.outside.pass(100)
        await seat.settle()
      }
      await seat.settle()
      expect([await first, await second].map(({ version }) => version)).toEqual([2, 3])
      expect(new Set(idsOf(seat.hub).slice(0, 3)).size).toBe(1)
      expect(seat.hub.metadata['title']).toBe('second')
    },
  )

  test('[VE7] an outcome that the hub does not know: the same mutation is sent again', async () => {
    const seat = await seated()
    seat.hub.instead.push(refused('outcome_unknown'))
    const written = seat.client.updateMetadata({ title: 'mine' })
    await seat.settle()
    seat.outside.pass(1_000)
    await seat.settle()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
    expect(new Set(idsOf(seat.hub)).size).toBe(1)
  })

  test.each(['invalid_field', 'too_large', 'mutation_reused', 'field_damaged'])(
    '[CL7] %s ends that patch at once, and it is not sent again',
    async (code) => {
      const seat = await seated()
      seat.hub.instead.push(refused(code))
      const bad = outcome(seat.client.updateMetadata({ title: 'bad' }))
      await seat.settle()
      expect(await bad).toBe(code)
      seat.outside.pass(60_000)
      await seat.settle()
      expect(seat.hub.received).toHaveLength(1)
      expect(seat.client.state).toBe('live')
    },
  )

  test.each<ErrorCode>(['session_not_found', 'unauthorized', 'access_denied'])(
    '[CL7] %s stops the client: what waits ends too, and nothing is sent any more',
    async (code) => {
      const seat = await seated()
      seat.hub.instead.push(refused(code))
      const first = outcome(seat.client.updateMetadata({ title: 'first' }))
      const blocked = outcome(seat.client.updateMetadata({ title: 'second' }))
      await seat.settle()
      expect(await byNow(Promise.all([first, blocked]))).toEqual([code, code])
      expect([seat.client.state, seat.client.stoppedBy?.code]).toEqual(['stopped', code])
      expect(seat.errors.map((error) => error.code)).toEqual([code])
      expect(await outcome(seat.client.updateMetadata({ title: 'third' }))).toBe(code)
      expect(await outcome(seat.client.readSession())).toBe(code)
      expect(seat.outside.timers).toBe(0)
    },
  )

  test.each(['internal', 'a_code_of_later'])(
    '[CL7] %s is tried again a few times, not for ever',
    async (code) => {
      const seat = await seated()
      for (let count = 0; count < 100; count++) seat.hub.instead.push(refused(code))
      const bad = outcome(seat.client.updateMetadata({ title: 'bad' }))
      for (let round = 0; round < 30; round++) {
        await seat.settle()
        seat.outside.pass(10_000)
      }
      expect(await byNow(bad)).toBe('internal')
      expect(seat.hub.received.length).toBeGreaterThan(1)
      expect(seat.hub.received.length).toBeLessThan(10)
      expect(seat.client.state).toBe('live')
    },
  )

  test('[VE5] an ack that is not understood says nothing: the outcome is unknown, and the session is read', async () => {
    for (const answer of [{ result: 'purple', version: 9 }, { result: 'success', version: 'x' }, 7, null]) {
      const seat = await seated()
      seat.hub.instead.push(answer)
      const odd = outcome(seat.client.updateMetadata({ title: 'odd' }))
      await seat.settle()
      expect(await byNow(odd)).toBe('outcome_unknown')
      expect(seat.client.confirmed).toEqual({ version: 1, metadata: START })
      seat.outside.pass(1_000)
      expect(seat.reads).toHaveLength(1)
    }
  })

  test('[WI2] an ack of a newer hub may say more than is known here', async () => {
    const seat = await seated()
    seat.hub.instead.push({ result: 'success', version: 2, changed: ['title'], kept: [], newer: { a: 1 } })
    const written = seat.client.updateMetadata({ title: 'mine' })
    await seat.settle()
    expect(await written).toEqual({ version: 2, changed: ['title'] })
  })
})
