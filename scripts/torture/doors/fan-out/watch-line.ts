import { EVENTS } from '@holdfast/shared/protocol/events'
import type { Changes } from '@holdfast/shared/protocol/watch/changes'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import type { WatchAck, WatchRequest } from '@holdfast/shared/protocol/watch/watch'
import { io, type Socket } from 'socket.io-client'
import { SILENCE_MS } from '../door-socket.ts'
import type { FaultyFrames } from './faulty-frames.ts'
import type { Find } from './find.ts'
import type { Told } from './told.ts'
import type { WireOrder } from './wire-order.ts'

export interface WatchLineParts {
  readonly url: string
  readonly token: string
  readonly request: WatchRequest
  readonly wire: WireOrder
  readonly frames: FaultyFrames
  readonly find: Find
}

const { down } = EVENTS['/watch']
const CONNECT_MS = 5000
/** Of so many messages one is held against its schema. */
const PARSED_ONE_IN = 16
/** Answers that a hub gives in passing: the client comes back. */
const PASSING = new Set(['overloaded', 'shutting_down', 'storage_busy', 'storage_error', 'store_stopped'])

/** One connection of a watcher: what comes is checked as it comes, then meets its faults, and then waits to be taken. */
export class WatchLine {
  readonly #parts: WatchLineParts
  readonly #socket: Socket
  readonly #arrived: Told[] = []
  #messages = 0
  #hasEnded = false
  #wake: () => void = () => undefined

  private constructor(parts: WatchLineParts) {
    this.#parts = parts
    this.#socket = io(`${parts.url}/watch`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_MS,
      auth: { token: parts.token },
    })
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect')
        parts.find('sent-away', 'a watcher was disconnected in a way that clients do not come back from')
    })
    // It comes after the end of a connection that was, and of one that never came about.
    this.#socket.io.on('close', () => this.end())
    this.#socket.onAny((event: Told['event'], payload: unknown, ack: () => void) =>
      this.#receive({ event, payload, ack }),
    )
  }

  /** Connects and asks to watch; null where the connection ends before there is an answer. */
  static async open(parts: WatchLineParts): Promise<WatchLine | null> {
    const line = new WatchLine(parts)
    const watches = (await line.#connected()) && (await line.#asked())
    if (watches) return line
    line.end()
    return null
  }

  /** The next message; null when the connection has ended. What had come until then and was not taken is lost. */
  async next(): Promise<Told | null> {
    while (!this.#hasEnded) {
      const told = this.#arrived.shift()
      if (told !== undefined) return told
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    return null
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#socket.disconnect()
    this.#wake()
  }

  #connected(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#socket.once('connect', () => resolve(true))
      this.#socket.once('connect_error', (error) => {
        if (!this.#socket.active) this.#parts.find('sent-away', `a watcher was refused: ${error.message}`)
        resolve(false)
      })
      this.#socket.io.once('close', () => resolve(false))
    })
  }

  #asked(): Promise<boolean> {
    const { request, wire, find } = this.#parts
    return new Promise((resolve) => {
      this.#socket.timeout(SILENCE_MS).emit('watch', request, (error: Error | null, answer: WatchAck) => {
        if (error !== null) {
          if (!this.#hasEnded && this.#socket.connected)
            find('unanswered', 'a request to watch was not answered')
          return resolve(false)
        }
        if (answer.result === 'success') wire.started(answer.epoch)
        else if (!PASSING.has(answer.code)) find('refused', `a request to watch was answered ${answer.code}`)
        resolve(answer.result === 'success')
      })
    })
  }

  #receive({ event, payload, ack }: Told): void {
    const { wire, frames, find } = this.#parts
    this.#messages += 1
    if (this.#messages % PARSED_ONE_IN === 1 && !down[event].payload.safeParse(payload).success)
      find('shown', `${event} is not as the protocol says: ${JSON.stringify(payload).slice(0, 300)}`)
    if (event === 'changes') wire.changes(payload as Changes)
    if (event === 'resync') wire.resync(payload as Resync)
    let isAcked = false
    const told: Told = {
      event,
      payload,
      ack: () => {
        if (event !== 'facts' && !isAcked) wire.acked()
        isAcked = true
        ack()
      },
    }
    frames.pass(
      told,
      (arrived) => {
        this.#arrived.push(arrived)
        this.#wake()
      },
      () => this.end(),
    )
  }
}
