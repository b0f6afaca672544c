import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Actor } from '@holdfast/shared/records/actor'
import { documentOf, lifecycleChange, sessionId } from './documents.ts'
import type { Engine, PatchCall, ReplaceCall } from './engine.ts'
import { mutationId } from './mutation-id.ts'
import { Turns } from './turns.ts'
import type { Door, Round, Variant } from './variant.ts'

/** What an ack-only socket.io server spends on one message beside JSON, roughly, on a small machine. */
const SOCKET_MICROS = 25

interface Writer {
  readonly number: number
  readonly actor: Actor
  /** What it sends with a replace. */
  readonly document: JsonObject | null
  serial: number
}

/** The closed loop: each writer sends a write, waits until it is durable, and sends the next. */
export class Workload {
  readonly #variant: Variant
  readonly #engine: Engine
  readonly #writers: Writer[]
  readonly #turns: Turns

  constructor(variant: Variant, engine: Engine) {
    this.#variant = variant
    this.#engine = engine
    this.#turns = new Turns(variant)
    this.#writers = Array.from({ length: variant.writers }, (_, number) => this.#writer(number))
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
    const { session, visit } = this.#turns.next(one.number)
    one.serial += 1
    const call = {
      session: sessionId(session),
      patch: lifecycleChange(visit),
      mutationId: mutationId(one.number, one.serial),
    }
    const answer = await this.#engine.patch(comeIn<PatchCall>(this.#variant.door, call), one.actor)
    goOut(this.#variant.door, answer)
  }

  async #replace(one: Writer): Promise<void> {
    const { session, visit } = this.#turns.next(one.number)
    const metadata = { ...one.document, ...lifecycleChange(visit) }
    const call = { session: sessionId(session), metadata, expectedVersion: visit + 1 }
    const answer = await this.#engine.replace(comeIn<ReplaceCall>(this.#variant.door, call), one.actor)
    goOut(this.#variant.door, answer)
  }

  #writer(number: number): Writer {
    const { operation, documentBytes } = this.#variant
    return {
      number,
      actor: { door: 'socket', machine: `machine-${number}`, run: `run-${number}` },
      document: operation === 'replace' ? documentOf(this.#turns.ownOf(number), documentBytes) : null,
      serial: 0,
    }
  }
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
