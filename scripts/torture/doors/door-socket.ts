import { io, type Socket } from 'socket.io-client'
import type { FindingKind } from '../finding.ts'

/** What came of a call: an answer, or none because the connection ended, or none although the connection stayed. */
export type Called =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'cut' }
  | { readonly kind: 'silent' }

export interface SocketSettings {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly session: string
  /** A client of ours takes changes as patches; the others are as released clients are. */
  readonly ours: boolean
}

/** What the connection's owner is told of. */
export interface SocketListener {
  /** An event of the hub's, with a name of the connection on which it came. */
  heard(event: string, payload: unknown, connection: string): void
  problem(kind: FindingKind, what: string): void
}

/** An answer that is not there after this time will not come. */
export const SILENCE_MS = 15_000

/** One client's connection. It comes back by itself, as released clients do, and sends nothing while it is down. */
export class DoorSocket {
  readonly #socket: Socket
  /** How many connections it has had. */
  #connection = 0

  constructor(settings: SocketSettings, listener: SocketListener) {
    this.#socket = io(`${settings.url}/cli`, {
      path: '/socket.io/',
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 10,
      reconnectionDelayMax: 60,
      timeout: 5000,
      auth: {
        token: settings.token,
        clientType: 'session-scoped',
        sessionId: settings.session,
        ...(settings.ours ? { features: ['patches'] } : {}),
      },
    })
    this.#socket.on('connect', () => {
      this.#connection += 1
    })
    this.#socket.onAny((event: string, payload: unknown) =>
      listener.heard(event, payload, `${settings.name}#${this.#connection}`),
    )
    this.#socket.on('connect_error', (error) => {
      // Where the hub is only not there, the client tries again by itself.
      if (!this.#socket.active) listener.problem('sent-away', `a connection was refused: ${error.message}`)
    })
    this.#socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect')
        listener.problem('sent-away', 'a client was disconnected in a way that it does not come back from')
    })
  }

  /** Resolves when there is a connection; false where there is none in time. */
  connected(withinMs: number): Promise<boolean> {
    if (this.#socket.connected) return Promise.resolve(true)
    return new Promise((resolve) => {
      const done = (is: boolean): void => {
        clearTimeout(timer)
        this.#socket.off('connect', yes)
        resolve(is)
      }
      const yes = (): void => done(true)
      const timer = setTimeout(() => done(false), withinMs)
      this.#socket.on('connect', yes)
    })
  }

  async call(event: string, payload: unknown): Promise<Called> {
    if (!this.#socket.connected) return { kind: 'cut' }
    const connection = this.#connection
    try {
      const value: unknown = await this.#socket.timeout(SILENCE_MS).emitWithAck(event, payload)
      return { kind: 'answered', value }
    } catch {
      // Without an answer it is one of two things: the connection ended, or the hub said nothing.
      const stayed = this.#socket.connected && this.#connection === connection
      return { kind: stayed ? 'silent' : 'cut' }
    }
  }

  close(): void {
    this.#socket.disconnect()
  }
}
