import type { ConnectionId } from '../../live/presence.ts'
import type { Log, LogFacts } from '../../log/log.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { SessionKey, Store } from '../../store/store.ts'
import { FeedSessionEvents } from '../feed-session-events.ts'
import type { FeedSource } from '../feed-source.ts'
import { patchesRoom, type RoomMessage } from '../rooms.ts'
import { RecordedRooms } from './recorded-rooms.ts'

const ACTOR = { door: 'hub' } as const

/** What released clients need to be sent at all. */
export const PLACE = { path: '/p', host: 'h' }

/** A log that is kept. */
export class KeptLog implements Log {
  readonly lines: { readonly level: string; readonly what: string; readonly facts: LogFacts | undefined }[] =
    []

  debug(what: string, facts?: LogFacts): void {
    this.lines.push({ level: 'debug', what, facts })
  }

  info(what: string, facts?: LogFacts): void {
    this.lines.push({ level: 'info', what, facts })
  }

  warn(what: string, facts?: LogFacts): void {
    this.lines.push({ level: 'warn', what, facts })
  }

  error(what: string, _error: unknown, facts?: LogFacts): void {
    this.lines.push({ level: 'error', what, facts })
  }
}

export interface WorldOptions {
  readonly path?: string
  /** Made before the events, so that they are from before their time. */
  readonly before?: (store: Store) => Promise<unknown>
  /** The store as the events see it. */
  readonly source?: (store: Store) => FeedSource
}

/** A real store and the events that follow it; only the wire and the clock are not real. */
export class FeedWorld implements AsyncDisposable {
  readonly store: Store
  readonly rooms = new RecordedRooms()
  readonly log = new KeptLog()
  readonly events: FeedSessionEvents
  time = 5000

  static async open({ path = ':memory:', before, source }: WorldOptions = {}): Promise<FeedWorld> {
    const store = await openSqliteStore(path)
    await before?.(store)
    return new FeedWorld(store, source?.(store) ?? store)
  }

  constructor(store: Store, source: FeedSource) {
    this.store = store
    const { rooms, log } = this
    this.events = new FeedSessionEvents({ store: source, rooms, log, now: () => this.time })
  }

  /** A session whose making has been told: who listens from here on is told of what comes after. */
  async born(id: string, metadata: object = PLACE, namespace = 'default'): Promise<SessionKey> {
    const key = await born(this.store, id, metadata, namespace)
    // The look at its commit was due before this.
    await new Promise((resolve) => setImmediate(resolve))
    return key
  }

  /** A connection in a room, and all that it is told. */
  listen(room: string, connection: ConnectionId = `in ${room}`): RoomMessage[] {
    const told: RoomMessage[] = []
    this.rooms.join(room, connection, (message) => told.push(message))
    return told
  }

  /** A write as the doors make it: in the continuation of its promise it is said who made it. */
  async patch(key: SessionKey, patch: object, by?: ConnectionId): Promise<number> {
    const answer = await this.store.patchSessionMetadata({ ...key, actor: ACTOR, patch })
    if (answer.kind !== 'written') throw new Error(`The patch was not taken: ${answer.kind}`)
    if (by !== undefined && answer.changed.length > 0) this.events.madeBy(key, answer.version, by)
    return answer.version
  }

  /** Waits for what must come; far longer than it takes, so that only its absence is an error. */
  async until(condition: () => boolean): Promise<void> {
    const giveUp = Date.now() + 60_000
    while (!condition()) {
      if (Date.now() > giveUp) throw new Error('It never came.')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  /** Until all that is committed in a namespace was told: a change behind it, of another session, has been. */
  async settled(namespace = 'default'): Promise<void> {
    const probe = `probe-${this.#probes++}`
    const room = patchesRoom({ namespace, session: probe })
    const told = this.listen(room)
    const key = await this.born(probe, PLACE, namespace)
    await this.patch(key, { name: 'probe' })
    await this.until(() => told.length === 2)
    this.rooms.leave(room, `in ${room}`)
  }

  #probes = 0

  async [Symbol.asyncDispose](): Promise<void> {
    await this.events[Symbol.asyncDispose]()
    await this.store.close()
  }
}

export async function born(
  store: Store,
  id: string,
  metadata: object = PLACE,
  namespace = 'default',
): Promise<SessionKey> {
  const made = await store.createOrLoadSession({ namespace, id, tag: id, actor: ACTOR, metadata })
  if (made.kind !== 'session') throw new Error(`No session: ${made.message}`)
  return { namespace, session: made.session.id }
}
