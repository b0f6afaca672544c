import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Actor } from '@holdfast/shared/records/actor'
import { documentOf, lifecycleChange, mixed, sessionId } from './documents.ts'
import type { Engine, PatchCall, ReplaceCall } from './engine.ts'
import type { Door, Round, Variant } from './variant.ts'

/** What an ack-only socket.io server spends on one message beside JSON, roughly, on a small machine. */
const SOCKET_MICROS = 25

interface Writer {
  readonly number: number
  readonly actor: Actor
  /** The session it stays with, and the document that it sends with a replace. */
  readonly own: number
  readonly document: JsonObject | null
  visits: number
  serial: number
}

/** The closed loop: each writer sends a write, waits until it is durable, and sends the next. */
export class Workload {
  readonly #variant: Variant
  readonly #engine: Engine
  readonly #writers: Writer[]
  readonly #stride: number
  #place = 0
  #turns = 0

  constructor(variant: Variant, engine: Engine) {
    this.#variant = variant
    this.#engine = engine
    this.#writers = Array.from({ length: variant.writers }, (_, number) => writer(variant, number))
    this.#stride = strideFor(variant.sessions)
  }

  async round(milliseconds: number): Promise<Round> {
    const cpu = process.cpuUsage()
    const started = performance.now()
    const counts = await Promise.all(
      this.#writers.map((one) => this.#writeUntil(one, started + milliseconds)),
    )
    const seconds = (performance.now() - started) / 1000
    const used = process.cpuUsage(cpu)
    const writes = counts.reduce((sum, count) => sum + count, 0)
    return { writes, seconds, userMicros: used.user, systemMicros: used.system }
  }

  async #writeUntil(one: Writer, deadline: number): Promise<number> {
    let count = 0
    do {
      await this.#write(one)
      count += 1
    } while (performance.now() < deadline)
    return count
  }

  #write(one: Writer): Promise<unknown> {
    return this.#variant.operation === 'patch' ? this.#patch(one) : this.#replace(one)
  }

  async #patch(one: Writer): Promise<void> {
    const { session, visit } = this.#next(one)
    one.serial += 1
    const call = { session: sessionId(session), patch: lifecycleChange(visit), mutationId: mutationId(one) }
    const answer = await this.#engine.patch(comeIn<PatchCall>(this.#variant.door, call), one.actor)
    goOut(this.#variant.door, answer)
  }

  async #replace(one: Writer): Promise<void> {
    const { session, visit } = this.#next(one)
    const metadata = { ...one.document, ...lifecycleChange(visit) }
    const call = { session: sessionId(session), metadata, expectedVersion: visit + 1 }
    const answer = await this.#engine.replace(comeIn<ReplaceCall>(this.#variant.door, call), one.actor)
    goOut(this.#variant.door, answer)
  }

  /** Whose turn it is, and how often it has been written before. */
  #next(one: Writer): { session: number; visit: number } {
    const { spread, sessions } = this.#variant
    if (spread === 'own') {
      one.visits += 1
      return { session: one.own, visit: one.visits - 1 }
    }
    const visit = Math.floor(this.#turns / sessions)
    this.#turns += 1
    this.#place = (this.#place + this.#stride) % sessions
    return { session: this.#place, visit }
  }
}

function writer({ writers, sessions, operation, documentBytes }: Variant, number: number): Writer {
  const own = Math.floor((number * sessions) / writers)
  return {
    number,
    own,
    actor: { door: 'socket', machine: `machine-${number}`, run: `run-${number}` },
    document: operation === 'replace' ? documentOf(own, documentBytes) : null,
    visits: 0,
    serial: 0,
  }
}

/** A step that visits every session before it comes to one again, and never a neighbour next. */
function strideFor(sessions: number): number {
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b))
  let stride = Math.max(1, Math.floor(sessions * 0.618))
  while (divides(sessions, stride) !== 1) stride += 1
  return stride
}

/** As clients make them: the time first, so that new ones sort behind old ones, and then what makes it theirs. */
function mutationId(one: Writer): string {
  const time = Date.now().toString(36).padStart(9, '0')
  const own = mixed(one.number).toString(36).padStart(7, '0')
  return `${time}${own}${one.serial.toString(36).padStart(8, '0')}`
}

/** The request as it comes out of a frame. Making the frame's text stands for making the event that others get. */
function comeIn<Call extends object>(door: Door, call: Call): Call {
  if (door === 'none') return call
  if (door === 'socket') compute(SOCKET_MICROS)
  return JSON.parse(JSON.stringify(call)) as Call
}

function goOut(door: Door, answer: object): void {
  if (door !== 'none' && JSON.stringify(answer).length === 0) throw new Error('An answer has a text.')
}

function compute(micros: number): void {
  const until = performance.now() + micros / 1000
  while (performance.now() < until);
}
