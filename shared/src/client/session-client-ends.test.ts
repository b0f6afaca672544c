import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../metadata/json.ts'
import { FakeOutside } from './contract/fake-outside.ts'
import { ModelHub } from './contract/model-hub.ts'
import { byNow, outcome } from './contract/outcome.ts'
import { Seat } from './contract/seat.ts'

const START: JsonObject = { path: '/p', host: 'h', title: 'start' }

async function seated(options: ConstructorParameters<typeof Seat>[2] = {}): Promise<Seat> {
  return new Seat(new ModelHub(START), new FakeOutside(), options).ready()
}

describe('bounds', () => {
  test('[CL7] when too many wait the new one is refused, and every accepted one still arrives', async () => {
    const seat = await seated()
    seat.link.cut()
    const accepted = Array.from({ length: 1000 }, (_, count) => seat.client.updateMetadata({ count }))
    expect(await byNow(outcome(seat.client.updateMetadata({ count: 'one too many' })))).toBe('overloaded')
    await seat.reconnect()
    const written = await byNow(Promise.all(accepted))
    expect(written === 'pending' ? written : written.map(({ version }) => version)).toEqual(
      Array.from({ length: 1000 }, (_, index) => index + 2),
    )
    expect(seat.hub.metadata['count']).toBe(999)
    const after = seat.client.updateMetadata({ count: 'room again' })
    await seat.settle()
    expect((await after).version).toBe(1002)
  })

  test('[CL7] when too much waits the new one is refused, and a small one still fits', async () => {
    const seat = await seated()
    seat.link.cut()
    const big = 'x'.repeat(200_000)
    const accepted = Array.from({ length: 20 }, (_, index) =>
      seat.client.updateMetadata({ [`f${index}`]: big }),
    )
    expect(await byNow(outcome(seat.client.updateMetadata({ more: big })))).toBe('overloaded')
    accepted.push(seat.client.updateMetadata({ more: 'small' }))
    await seat.reconnect()
    expect(await byNow(Promise.all(accepted))).toHaveLength(21)
    expect(seat.client.confirmed?.metadata).toEqual(seat.hub.metadata)
  })

  test('[CL7] a write that is given a time ends with it: unsent, or with an outcome nobody knows', async () => {
    const seat = await seated()
    const sent = outcome(seat.client.updateMetadata({ a: 1 }, { giveUpAfterMs: 5_000 }))
    seat.link.cut()
    const unsent = outcome(seat.client.updateMetadata({ b: 1 }, { giveUpAfterMs: 5_000 }))
    const patient = seat.client.updateMetadata({ c: 1 })
    seat.outside.pass(5_000)
    expect(await byNow(Promise.all([sent, unsent]))).toEqual(['outcome_unknown', 'hub_unreachable'])
    expect(seat.client.metadata).toEqual({ ...START, c: 1 })
    await seat.reconnect()
    expect((await patient).changed).toEqual(['c'])
    expect(seat.outside.timers).toBe(0)
  })

  test('[CL7] a write that was given up and still takes effect is seen all the same', async () => {
    const seat = await seated({ giveUpAfterMs: 1_000 })
    const given = outcome(seat.client.updateMetadata({ a: 1 }))
    seat.outside.pass(1_000)
    expect(await byNow(given)).toBe('outcome_unknown')
    await seat.settle()
    expect(seat.client.confirmed).toEqual({ version: 2, metadata: { ...START, a: 1 } })
  })
})

describe('closing', () => {
  test('[VE5] what was sent without an answer is unknown, what was not sent is not', async () => {
    const seat = await seated()
    const sent = outcome(seat.client.updateMetadata({ title: 'one' }))
    const waiting = outcome(seat.client.updateMetadata({ title: 'two' }))
    seat.client.close()
    expect(await byNow(Promise.all([sent, waiting]))).toEqual(['outcome_unknown', 'client_closed'])
    expect(seat.client.state).toBe('stopped')
    expect([seat.link.isClosed, seat.outside.timers, seat.errors.length]).toEqual([true, 0, 0])
    expect(await outcome(seat.client.updateMetadata({ title: 'three' }))).toBe('client_closed')
  })

  test('[CL7] in every state it ends all timers and reads', async () => {
    const phases: readonly ((seat: Seat) => void)[] = [
      () => undefined,
      (seat) => seat.client.start(),
      (seat) => {
        seat.client.start()
        seat.open()
      },
      (seat) => {
        seat.client.start()
        seat.open()
        seat.outside.pass(0)
      },
      (seat) => {
        seat.client.start()
        seat.link.cut()
      },
    ]
    for (const enter of phases) {
      const seat = new Seat(new ModelHub(START), new FakeOutside())
      enter(seat)
      const ready = outcome(seat.client.ready())
      seat.client.close()
      seat.client.close()
      expect(await ready).toBe('client_closed')
      expect([seat.outside.timers, seat.reads.length]).toEqual([0, 0])
      seat.client.start()
      expect(seat.client.state).toBe('stopped')
    }
  })
})

describe('liveness', () => {
  test('[CO5] alive is said while there is a connection, and kept for none', async () => {
    const seat = await seated()
    seat.client.alive({ thinking: true, model: 'm' })
    await seat.settle()
    expect(
      seat.hub.received.map(({ event, payload }) => [event, payload['thinking'], payload['model']]),
    ).toEqual([['session-alive', true, 'm']])
    seat.link.cut()
    seat.client.alive({ thinking: true })
    await seat.reconnect()
    expect(seat.hub.received).toHaveLength(1)
  })

  test('[CO5] an end is said before what follows it, and again where nobody knows whether it was heard', async () => {
    const seat = await seated()
    const ended = seat.client.end({ reason: 'completed' })
    const archived = seat.client.updateMetadata({ lifecycleState: 'archived' })
    expect(seat.link.outgoing.map(({ event }) => event)).toEqual(['session-end', 'ping', 'patch-metadata'])
    seat.link.cut()
    await seat.reconnect()
    await Promise.all([ended, archived])
    expect(seat.hub.ends).toMatchObject([{ sid: 'session-1', reason: 'completed' }])
  })
})
