import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { jsonEqual, type JsonObject } from '../metadata/json.ts'
import type { FakeLink, Packet } from './contract/fake-link.ts'
import { FakeOutside } from './contract/fake-outside.ts'
import { ModelHub } from './contract/model-hub.ts'
import { flush } from './contract/flush.ts'
import { Seat } from './contract/seat.ts'
import type { Written } from './outbox.ts'
import type { Confirmed } from './session-document.ts'

const CLIENTS = 2
const FIELDS = ['title', 'custom', 'cursorSessionId', 'cursorSessionProtocol', 'claudeSessionId'] as const

/** What a client is asked to do, and what happens on its wire, each with how often. */
const HAPPENS = {
  patch: 3,
  increment: 3,
  clear: 2,
  deliver: 3,
  ack: 2,
  event: 2,
  connect: 2,
  read: 1,
  'read-back': 1,
  cut: 1,
  'cut-late': 1,
  late: 1,
  'time-out': 1,
  time: 1,
  'lose-event': 2,
  'swap-events': 1,
  overloaded: 1,
  elsewhere: 3,
  restart: 1,
  'clock-back': 1,
} as const
type Happening = keyof typeof HAPPENS
const happenings = (Object.keys(HAPPENS) as Happening[]).map((name) => ({
  weight: HAPPENS[name],
  arbitrary: fc.constant(name),
}))

const step = fc.record({
  client: fc.nat(CLIENTS - 1),
  does: fc.oneof(...happenings),
  field: fc.constantFrom(...FIELDS),
  value: fc.constantFrom('one', 'two', 'three', null, { a: 1 }, { a: null, b: 2 }),
})
type Step = typeof step extends fc.Arbitrary<infer Drawn> ? Drawn : never

interface Call {
  readonly client: number
  readonly reason: string
  readonly fields: readonly string[]
  readonly written: Promise<Written>
}

function increment(metadata: Readonly<JsonObject>): JsonObject {
  return { count: Number(metadata['count']) + 1 }
}

function patchOf({ field, value }: Pick<Step, 'field' | 'value'>): JsonObject {
  const isProtected = field.startsWith('cursor') || field.startsWith('claude')
  return { [field]: isProtected && typeof value !== 'string' ? 'other' : value }
}

class World {
  readonly hub = new ModelHub({ path: '/p', host: 'h', count: 0, cursorSessionId: 'zero' })
  readonly seats = Array.from({ length: CLIENTS }, (_, seed) => new Seat(this.hub, new FakeOutside(seed)))
  readonly calls: Call[] = []
  /** What clients took for confirmed and was not. */
  readonly untrue: Confirmed[] = []
  /** Packets of lost connections that still reach the hub, in order. */
  late: Packet[] = []

  constructor() {
    for (const seat of this.seats) {
      seat.client.start()
      seat.open()
      seat.outside.pass(0)
    }
  }

  async run(drawn: Step): Promise<void> {
    const seat = this.seats[drawn.client]
    if (seat === undefined) return
    this.#happens(seat, drawn)
    await flush()
    this.check()
  }

  /** What a client takes for confirmed must have been the hub's at that very version. */
  check(): void {
    for (const { client } of this.seats) {
      const { confirmed } = client
      if (confirmed !== null && !jsonEqual(confirmed.metadata, this.hub.at(confirmed.version)))
        this.untrue.push(confirmed)
    }
  }

  /** Everything heals, and everybody is given time. One more change, so that nobody can have missed the last one. */
  async end(): Promise<void> {
    for (const seat of this.seats) {
      seat.open()
      await seat.settle()
    }
    this.hub.write({ last: true })
    for (let round = 0; round < 20; round++) {
      for (const seat of this.seats) {
        seat.open()
        await seat.settle()
        seat.outside.pass(5_000)
      }
      this.check()
    }
  }

  #happens(seat: Seat, { client, ...drawn }: Step): void {
    const link = seat.links.at(-1)
    const { outside, hub } = seat
    const reason = `call ${this.calls.length}`
    const called = (fields: readonly string[], written: Promise<Written>): void => {
      this.calls.push({ client, reason, fields, written })
    }
    const moves: Readonly<Record<Happening, () => unknown>> = {
      patch: () => called([drawn.field], seat.client.updateMetadata(patchOf(drawn), { reason })),
      increment: () => called(['count'], seat.client.updateMetadata(increment, { reason })),
      clear: () => called([], seat.client.clearResumeToken({ flavor: 'cursor', reason })),
      deliver: () => seat.deliver(),
      ack: () => link?.deliverAck(),
      event: () => link?.deliverEvent(),
      connect: () => {
        while (seat.client.state === 'backing-off') outside.pass(100)
        seat.open()
      },
      read: () => seat.answerRead(),
      'read-back': () => seat.deliverRead(),
      cut: () => link?.cut(),
      'cut-late': () => this.late.push(...(link?.cut() ?? [])),
      late: () => this.#arriveLate(),
      'time-out': () => link?.timeOut(),
      time: () => outside.pass(700),
      'lose-event': () => link?.events.shift(),
      'swap-events': () => swapFirst(link),
      overloaded: () => hub.instead.push({ result: 'error', code: 'overloaded', message: 'Later.' }),
      elsewhere: () => hub.write({ [drawn.field]: `elsewhere ${hub.version}` }),
      restart: () => {
        for (const { links } of this.seats) links.at(-1)?.cut()
      },
      'clock-back': () => {
        outside.time -= 86_400_000
      },
    }
    moves[drawn.does]()
  }

  #arriveLate(): void {
    const [packet, ...rest] = this.late
    this.late = rest
    if (packet !== undefined) this.hub.answer(packet, null)
  }
}

function swapFirst(link: FakeLink | undefined): void {
  const [first, second, ...rest] = link?.events ?? []
  if (link !== undefined && first !== undefined && second !== undefined)
    link.events = [second, first, ...rest]
}

describe('clients, a wire that loses and delays, and other writers', () => {
  test('[VE5][CL8] every call takes effect once, in order, and all end with what the hub has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 400, size: 'max' }), async (steps) => {
        const world = new World()
        for (const drawn of steps) await world.run(drawn)
        await world.end()
        const { hub, calls: made } = world
        expect(world.untrue).toEqual([])
        const written = await Promise.all(made.map((call) => call.written))

        const effectsOf = (reason: string) => hub.effects.filter((effect) => effect.reason === reason)
        for (const [index, call] of made.entries()) {
          const { version, changed } = written[index] ?? { version: 0, changed: [] }
          const expected = changed.length === 0 ? [] : [{ version, changed, reason: call.reason }]
          expect(effectsOf(call.reason)).toEqual(expected)
        }

        const increments = made.filter(({ fields }) => fields.includes('count'))
        expect(hub.metadata['count']).toBe(increments.length)

        for (const field of [...FIELDS, 'count'])
          for (let client = 0; client < CLIENTS; client++) {
            const versions = made
              .filter((call) => call.client === client && call.fields.includes(field))
              .flatMap((call) => effectsOf(call.reason).map(({ version }) => version))
            expect(versions).toEqual(versions.toSorted((left, right) => left - right))
          }

        for (const { client, outside } of world.seats) {
          expect(client.confirmed).toEqual({ version: hub.version, metadata: hub.metadata })
          expect(client.metadata).toEqual(hub.metadata)
          client.close()
          expect(outside.timers).toBe(0)
        }
      }),
      { numRuns: 6000 },
    )
  })
})
