import type { ErrorCode } from '../../errors/codes.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import type { Json, JsonObject } from '../../metadata/json.ts'
import type { Link, LinkListener } from '../link.ts'

export interface Packet {
  readonly event: string
  /** As it crosses the wire. */
  readonly payload: JsonObject
  readonly timeoutMs: number | null
}

interface Asked extends Packet {
  readonly resolve: (ack: unknown) => void
  readonly reject: (error: Error) => void
}

interface Ack {
  readonly asked: Asked
  readonly answer: Json | undefined
}

/** What answers at the other end; undefined where nothing is answered. */
export type Answerer = (packet: Packet, link: FakeLink) => Json | undefined

/**
 * A connection that moves nothing by itself. Packets to the hub keep their order, and so do acks and events each for
 * themselves; the test says which goes next.
 */
export class FakeLink implements Link {
  readonly listener: LinkListener
  isUp = false
  /** By whoever dialled. */
  isClosed = false
  /** On their way to the hub. */
  outgoing: Asked[] = []
  acks: Ack[] = []
  events: { readonly event: string; readonly payload: Json }[] = []
  #asked: Asked[] = []

  constructor(listener: LinkListener) {
    this.listener = listener
  }

  ask(event: string, payload: object | undefined, timeoutMs: number): Promise<unknown> {
    if (!this.isUp) return Promise.reject(new Error('not connected'))
    return new Promise((resolve, reject) => {
      const asked = { event, payload: crossing(payload), timeoutMs, resolve, reject }
      this.#asked.push(asked)
      this.outgoing.push(asked)
    })
  }

  tell(event: string, payload: object): void {
    if (!this.isUp) return
    this.outgoing.push({
      event,
      payload: crossing(payload),
      timeoutMs: null,
      resolve: ignored,
      reject: ignored,
    })
  }

  tellNow(event: string, payload: object): void {
    this.tell(event, payload)
  }

  close(): void {
    this.isClosed = true
    this.#end()
  }

  /** The connection comes up. */
  open(): void {
    this.isUp = true
    this.listener.onUp()
  }

  /** The connection breaks; what was on its way to the hub may be given back, to arrive there after all. */
  cut(code: ErrorCode = 'hub_unreachable'): readonly Packet[] {
    const late = this.outgoing
    this.#end()
    if (!this.isClosed) this.listener.onDown(new HoldfastError(code, 'cut'))
    return late
  }

  /** The next packet arrives at the hub, which answers. */
  deliver(answerer: Answerer): boolean {
    const asked = this.outgoing.shift()
    if (asked === undefined) return false
    const answer = answerer(asked, this)
    if (asked.timeoutMs !== null) this.acks.push({ asked, answer: structuredClone(answer) })
    return true
  }

  deliverAck(): boolean {
    const ack = this.acks.shift()
    if (ack === undefined) return false
    this.#asked = this.#asked.filter((other) => other !== ack.asked)
    ack.asked.resolve(ack.answer)
    return true
  }

  deliverEvent(): boolean {
    const told = this.events.shift()
    if (told === undefined) return false
    this.listener.onEvent(told.event, structuredClone(told.payload), () => undefined)
    return true
  }

  /** No ack comes in time, though the connection seems to be up. */
  timeOut(): boolean {
    const asked = this.#asked.shift()
    asked?.reject(new Error('operation has timed out'))
    return asked !== undefined
  }

  #end(): void {
    this.isUp = false
    this.outgoing = []
    this.acks = []
    this.events = []
    const asked = this.#asked
    this.#asked = []
    for (const { reject } of asked) reject(new Error('socket has been disconnected'))
  }
}

/** Nobody waits for an answer to what asks for none. */
function ignored(): void {}

function crossing(payload: object | undefined): JsonObject {
  return JSON.parse(JSON.stringify(payload ?? {})) as JsonObject
}
