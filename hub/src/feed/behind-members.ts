import type { ConnectionId } from '../live/presence.ts'

/** What is known of how far a connection has read. */
export interface Reach {
  /** Of what was sent to it, the bytes that are still here. */
  unsent(): number
  /** Ends it; its client comes back and reads what it needs. */
  cut(): void
}

export interface BehindLimits {
  /** More than this unsent, and the connection is told nothing more until it has read. */
  readonly unsentBytes: number
  /** So little unsent, and it has caught up. */
  readonly readBytes: number
  /** Without having read anything for so long, it is cut. */
  readonly stalledMs: number
  /** How often it is looked whether somebody has read; only while somebody is behind. */
  readonly lookMs: number
}

export const BEHIND_LIMITS: BehindLimits = {
  // The message that goes beyond it is sent whole, so that together it stays about 1 MiB.
  unsentBytes: 512 * 1024,
  readBytes: 128 * 1024,
  stalledMs: 30_000,
  lookMs: 200,
}

interface Behind {
  readonly reach: Reach
  /** The rooms whose messages it missed. */
  readonly missed: Set<string>
  unsent: number
  readAt: number
}

/** Tells a connection that has caught up the newest of what it missed in a room. */
export type CaughtUp = (room: string, connection: ConnectionId) => void

/**
 * The connections that read slower than they are told. What they miss is not kept for them: they are told the newest of
 * it once they have read, so that each costs a bounded amount however long that takes.
 */
export class BehindMembers {
  readonly #now: () => number
  readonly #limits: BehindLimits
  readonly #behind = new Map<ConnectionId, Behind>()
  readonly #listeners: CaughtUp[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(now: () => number, limits: BehindLimits) {
    this.#now = now
    this.#limits = limits
  }

  onCaughtUp(listener: CaughtUp): void {
    this.#listeners.push(listener)
  }

  /** True where a message of this room is not to be sent to a connection: it is told later. */
  misses(room: string, connection: ConnectionId, reach: Reach): boolean {
    const known = this.#behind.get(connection)
    if (known !== undefined) {
      known.missed.add(room)
      return true
    }
    const unsent = reach.unsent()
    if (unsent <= this.#limits.unsentBytes) return false
    this.#behind.set(connection, { reach, missed: new Set([room]), unsent, readAt: this.#now() })
    this.#timer ??= setInterval(() => this.#look(), this.#limits.lookMs).unref()
    return true
  }

  /** It has ended. */
  left(connection: ConnectionId): void {
    this.#behind.delete(connection)
  }

  #look(): void {
    for (const [connection, behind] of this.#behind) this.#lookAt(connection, behind)
    if (this.#behind.size > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #lookAt(connection: ConnectionId, behind: Behind): void {
    const unsent = behind.reach.unsent()
    if (unsent < behind.unsent) behind.readAt = this.#now()
    behind.unsent = unsent
    if (unsent <= this.#limits.readBytes) {
      this.#behind.delete(connection)
      for (const room of behind.missed) for (const listener of this.#listeners) listener(room, connection)
    } else if (this.#now() - behind.readAt >= this.#limits.stalledMs) {
      this.#behind.delete(connection)
      behind.reach.cut()
    }
  }
}
