import { must } from '@holdfast/shared/errors/assert'
import { ERRORS } from '@holdfast/shared/errors/codes'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Socket } from 'socket.io'
import type { Knock } from './admit.ts'
import type { Desk } from './desk.ts'

/** Lets a connection to a namespace come about, or not where it is given an error. */
export type Next = (refused?: Error) => void

/** Tells who knocks, or why he may not come in. */
export type Admit<Guest> = (knock: Knock) => Promise<Guest | Refusal>

const NOT_HERE = refuse('invalid_request', 'Nothing is served in this namespace; connect to /cli or /watch.')

/**
 * Stands before a namespace. A client that can never come in is told so, which a released client takes as the end. For
 * every other reason the transport is closed without a word, and such a client comes back in a few seconds.
 */
export class Porter<Guest extends object> {
  readonly #desk: Desk
  readonly #admit: Admit<Guest>
  readonly #guests = new WeakMap<Socket, Guest>()
  /** Transports on which somebody waits for an answer. */
  readonly #waiting = new WeakSet<object>()

  constructor(desk: Desk, admit: Admit<Guest>) {
    this.#desk = desk
    this.#admit = admit
  }

  /** Settles once the client has its answer; never rejects. */
  async receive(socket: Socket, next: Next): Promise<void> {
    const { conn } = socket
    // The library takes a second request to connect while the first one waits, and would mix the two up.
    if (this.#desk.isDraining || this.#waiting.has(conn)) return this.#cut(socket, next)
    this.#waiting.add(conn)
    try {
      const { auth, headers } = socket.handshake
      const address = this.#desk.parts.addressOf(socket)
      const guest = await this.#admit({ auth, address, cookie: headers.cookie })
      if (isRefused(guest)) return this.#refuse(socket, next, guest)
      this.#guests.set(socket, guest)
      next()
    } catch (error) {
      this.#desk.failed(error)
      this.#cut(socket, next)
    } finally {
      this.#waiting.delete(conn)
    }
  }

  /** For a namespace in which nothing is served. */
  turnAway(socket: Socket, next: Next): void {
    this.#refuse(socket, next, NOT_HERE)
  }

  guestOf(socket: Socket): Guest {
    return must(this.#guests.get(socket), 'a connection has been received')
  }

  #refuse(socket: Socket, next: Next, { code, message }: Refusal): void {
    if (ERRORS[code].retry !== 'never') return this.#cut(socket, next)
    this.#desk.counts.refusedConnections += 1
    next(Object.assign(new Error(message), { data: { code } }))
    // The answer is written in between.
    setImmediate(() => socket.conn.close())
  }

  #cut(socket: Socket, next: Next): void {
    this.#desk.counts.cutConnections += 1
    socket.conn.close()
    // Lets go of the socket, which on a closed transport never comes about.
    next()
  }
}

function isRefused(answer: object): answer is Refusal {
  return 'kind' in answer && answer.kind === 'refused'
}
