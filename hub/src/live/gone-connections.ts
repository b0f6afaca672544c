import type { ConnectionId } from './presence.ts'

/** Far more than can end while one look-up in the store is under way. */
const REMEMBERED = 10_000

/**
 * The connections that ended last. What a client says may wait for a look-up in the store and be carried out after its
 * connection has ended; taken for the word of somebody who is there, it would never be taken back.
 */
export class GoneConnections {
  readonly #remembered: number
  readonly #ids = new Set<ConnectionId>()

  constructor(remembered: number = REMEMBERED) {
    this.#remembered = remembered
  }

  add(connection: ConnectionId): void {
    this.#ids.add(connection)
    if (this.#ids.size <= this.#remembered) return
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest)
      return
    }
  }

  has(connection: ConnectionId): boolean {
    return this.#ids.has(connection)
  }
}
