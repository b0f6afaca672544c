import type { SessionPatched } from '@holdfast/shared/protocol/down/session-patched'
import type { UpdateSession } from '@holdfast/shared/protocol/down/update-session'
import type { Update } from '@holdfast/shared/protocol/down/update'
import {
  sessionUpdateForReleasedClient,
  type CommittedValue,
} from '@holdfast/shared/protocol/released/update-for-released-client'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { ConnectionId } from '../live/presence.ts'
import type { FeedChange, SessionKey } from '../store/store.ts'
import { patchesRoom, sessionOfRoom, wholeRoom, type Rooms } from './rooms.ts'

/** Puts what was committed into the words of the wire, for each room of a session, and leaves out who made it. */
export class SessionTeller {
  readonly #rooms: Rooms
  readonly #now: () => number
  /** With a start of the hub, a number names one update and no other. */
  readonly #start: string
  #updates = 0

  constructor(rooms: Rooms, now: () => number) {
    this.#rooms = rooms
    this.#now = now
    this.#start = now().toString(36)
  }

  hasListener(session: SessionKey, except: ConnectionId | undefined): boolean {
    return this.hasWholeListener(session, except) || this.#rooms.size(patchesRoom(session), except) > 0
  }

  hasWholeListener(session: SessionKey, except: ConnectionId | undefined): boolean {
    return this.#rooms.size(wholeRoom(session), except) > 0
  }

  /** The sessions of a namespace that somebody listens to. */
  listenedTo(namespace: string): ReadonlySet<string> {
    const sessions = new Set<string>()
    for (const room of this.#rooms.occupied()) {
      const key = sessionOfRoom(room)
      if (key?.namespace === namespace) sessions.add(key.session)
    }
    return sessions
  }

  /** One change, to those who take changes. */
  patched(session: SessionKey, change: FeedChange, except: ConnectionId | undefined): void {
    const { version, set, removed, seq, at } = change
    const payload: SessionPatched = { sid: session.session, version, set, removed: [...removed], seq, at }
    this.#rooms.emit(patchesRoom(session), { event: 'session-patched', payload }, except)
  }

  /** The whole metadata, to released clients. */
  whole(session: SessionKey, record: SessionRecord, except: ConnectionId | undefined): void {
    this.#update(wholeRoom(session), releasedMetadata(record), except)
  }

  /**
   * The whole metadata, to those who take changes, where these can not be told one by one: they take it as released
   * clients do, when its version is higher than their own.
   */
  wholeInPlaceOfChanges(session: SessionKey, { id, metadata, metadataVersion }: SessionRecord): void {
    const versioned = { version: metadataVersion, value: metadata }
    const body: UpdateSession = { t: 'update-session', sid: id, metadata: versioned, agentState: null }
    this.#update(patchesRoom(session), body, undefined)
  }

  /** To one connection that missed something in a room of a session: all of it, as it is now. */
  newest(room: string, connection: ConnectionId, record: SessionRecord): void {
    const { id, metadata, metadataVersion, agentState, agentStateVersion, agentStateDamaged } = record
    const values = {
      metadata: { version: metadataVersion, value: metadata },
      ...(agentStateDamaged ? {} : { agentState: { version: agentStateVersion, value: agentState } }),
    }
    const body = sessionUpdateForReleasedClient(id, values)
    const isWhole = room === wholeRoom({ namespace: record.namespace, session: id })
    if (isWhole || body === null) this.#update(connection, body, undefined)
    else this.#update(connection, { ...body, metadata: values.metadata }, undefined)
  }

  agentState(session: SessionKey, agentState: CommittedValue, except: ConnectionId): void {
    if (!this.hasListener(session, except)) return
    const body = sessionUpdateForReleasedClient(session.session, { agentState })
    for (const room of [wholeRoom(session), patchesRoom(session)]) this.#update(room, body, except)
  }

  #update(room: string, body: UpdateSession | null, except: ConnectionId | undefined): void {
    if (body === null || this.#rooms.size(room, except) === 0) return
    this.#updates += 1
    const seq = this.#updates
    const payload: Update = { id: `${this.#start}-${seq}`, seq, createdAt: this.#now(), body }
    this.#rooms.emit(room, { event: 'update', payload }, except)
  }
}

function releasedMetadata({ id, metadata, metadataVersion }: SessionRecord): UpdateSession | null {
  return sessionUpdateForReleasedClient(id, { metadata: { version: metadataVersion, value: metadata } })
}
