import type { WatchDownEvent } from '@holdfast/shared/protocol/events'
import type { Socket } from 'socket.io'
import type { Caller } from '../auth/caller.ts'
import { cutTransport } from '../listen/cut-transport.ts'
import { SOCKET_LIMITS } from '../socket/socket-limits.ts'
import { TokenBucket } from '../socket/token-bucket.ts'
import type { WatchLimits } from './watch-limits.ts'

/** Tells a watcher something and waits until it has taken it in. */
export interface WatchLine {
  /** False where the connection has ended, or was ended because no ack came. */
  tell(event: WatchDownEvent, message: unknown): Promise<boolean>
  /** Ends it; the client comes back and says where it stands. */
  cut(): void
}

export interface WatchConnectionParts {
  readonly caller: Caller
  readonly now: () => number
  readonly limits: WatchLimits
}

/** One watcher's connection. */
export class WatchConnection implements WatchLine {
  readonly caller: Caller
  readonly drops: TokenBucket
  readonly asks: TokenBucket
  /** It has asked to watch. */
  isWatching = false
  readonly #socket: Socket
  readonly #ackMs: number
  /** Ends the wait for each ack that has not come. */
  readonly #waiting = new Set<(isTaken: boolean) => void>()

  constructor(socket: Socket, { caller, now, limits }: WatchConnectionParts) {
    this.#socket = socket
    this.caller = caller
    this.#ackMs = limits.ackMs
    this.drops = new TokenBucket(SOCKET_LIMITS.dropped, now)
    this.asks = new TokenBucket(limits.asks, now)
  }

  get isOpen(): boolean {
    return this.#socket.connected
  }

  tell(event: WatchDownEvent, message: unknown): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
      this.#socket.timeout(this.#ackMs).emit(event, message, (late: Error | null) => {
        this.#waiting.delete(resolve)
        if (late !== null && this.isOpen) this.cut()
        resolve(late === null)
      })
    })
  }

  cut(): void {
    cutTransport(this.#socket)
  }

  /** To be called once, when the connection has ended. */
  ended(): void {
    for (const resolve of this.#waiting) resolve(false)
    this.#waiting.clear()
  }
}
