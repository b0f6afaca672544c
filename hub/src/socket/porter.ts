import { must } from '@holdfast/shared/errors/assert'
import { ERRORS } from '@holdfast/shared/errors/codes'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Socket } from 'socket.io'
import { admit, type Guest } from './admit.ts'
import type { Desk } from './desk.ts'

/** Lets a connection to a namespace come about, or not where it is given an error. */
export type Next = (refused?: Error) => void

const NOT_HERE = refuse('invalid_request', 'Nothing is served in this namespace; connect to /cli.')

/**
 * Stands before the namespaces. A client that can never come in is told so, which a released client takes as the end. For
 * every other reason the transport is closed without a word, and such a client comes back in a few seconds.
 */
export class Porter {
  readonly #desk: Desk
  readonly #guests = new WeakMap<Socket, Guest>()
  /** Transports on which somebody waits for an answer. */
  readonly #waiting = new WeakSet<object>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Settles once the client has its answer; never rejects. */
  async receive(socket: Socket, next: Next): Promise<void> {
    const { conn } = socket
    // The library takes a second request to connect while the first one waits, and would mix the two up.
    if (this.#desk.isDraining || this.#waiting.has(conn)) return this.#cut(socket, next)
    this.#waiting.add(conn)
    try {
      const { parts } = this.#desk
      const guest = await admit(parts, { auth: socket.handshake.auth, address: parts.addressOf(socket) })
      if (guest.kind === 'refused') return this.#refuse(socket, next, guest)
      this.#guests.set(socket, guest)
      next()
    } catch (error) {
      this.#desk.failed(error)
      this.#cut(socket, next)
    } finally {
      this.#waiting.delete(conn)
    }
  }

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
