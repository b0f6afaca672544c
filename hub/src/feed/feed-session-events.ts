import type { CommittedValue } from '@holdfast/shared/protocol/released/update-for-released-client'
import type { ConnectionId } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { SessionKey } from '../store/store.ts'
import type { FeedSource } from './feed-source.ts'
import { headOf } from './head-of.ts'
import { NamespaceFollower, type FollowerParts } from './namespace-follower.ts'
import { sessionOfRoom, type Rooms } from './rooms.ts'
import type { SessionEvents } from './session-events.ts'
import { SessionTeller } from './session-teller.ts'

export interface SessionEventsParts {
  readonly store: FeedSource
  readonly rooms: Rooms
  readonly now: () => number
  readonly log: Log
}

/** A follower that begins here is too far behind, and tells everything anew. */
const BELOW_EVERY_FLOOR = -1

/** Tells what is committed from its making on; what was there before, a client reads when it comes. */
export class FeedSessionEvents implements SessionEvents {
  readonly #parts: FollowerParts
  readonly #stopListening: () => void
  /** Where the feed of each namespace was at the start; null where that could not be read. */
  readonly #heads: Promise<ReadonlyMap<string, number> | null>
  readonly #followers = new Map<string, NamespaceFollower>()

  constructor({ store, rooms, now, log }: SessionEventsParts) {
    this.#parts = { store, teller: new SessionTeller(rooms, now), log, now }
    rooms.onCaughtUp((room, connection) => void this.#caughtUp(room, connection))
    this.#heads = headsOf(store).catch((error: unknown) => {
      log.error('the heads of the feeds can not be read', error)
      return null
    })
    this.#stopListening = store.onCommit((namespaces) => {
      for (const namespace of namespaces) this.#follower(namespace).wake()
    })
  }

  /** For how long the oldest change that is not told yet has been waiting, in any namespace. */
  get lagMs(): number {
    let longest = 0
    for (const follower of this.#followers.values()) longest = Math.max(longest, follower.lagMs)
    return longest
  }

  madeBy({ namespace, session }: SessionKey, version: number, connection: ConnectionId): void {
    this.#follower(namespace).madeBy(session, version, connection)
  }

  agentStateWritten(session: SessionKey, written: CommittedValue, by: ConnectionId): void {
    this.#parts.teller.agentState(session, written, by)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening()
    await Promise.all([...this.#followers.values()].map((follower) => follower.end()))
  }

  #follower(namespace: string): NamespaceFollower {
    const known = this.#followers.get(namespace)
    if (known !== undefined) return known
    const follower = new NamespaceFollower(namespace, () => this.#startOf(namespace), this.#parts)
    this.#followers.set(namespace, follower)
    return follower
  }

  async #caughtUp(room: string, connection: ConnectionId): Promise<void> {
    const { store, teller, log } = this.#parts
    const key = sessionOfRoom(room)
    if (key === null) return
    try {
      const record = await store.readSession(key)
      if (record !== null) teller.newest(room, connection, record)
    } catch (error) {
      log.error('a session was not told to a slow reader, it can not be read', error, { ...key })
    }
  }

  async #startOf(namespace: string): Promise<number> {
    const heads = await this.#heads
    return heads === null ? BELOW_EVERY_FLOOR : (heads.get(namespace) ?? 0)
  }
}

async function headsOf(store: FeedSource): Promise<ReadonlyMap<string, number>> {
  const heads = new Map<string, number>()
  for (const namespace of await store.namespaces()) heads.set(namespace, await headOf(store, namespace))
  return heads
}
