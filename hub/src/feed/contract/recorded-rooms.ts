import { EVENTS } from '@holdfast/shared/protocol/events'
import type { ConnectionId } from '../../live/presence.ts'
import type { RoomMessage, Rooms } from '../rooms.ts'

type Hear = (message: RoomMessage) => void

/** Rooms without a wire: what is emitted is read back from its text, held against the protocol, and heard at once. */
export class RecordedRooms implements Rooms {
  readonly #rooms = new Map<string, Map<ConnectionId, Hear>>()

  join(room: string, connection: ConnectionId, hear: Hear): void {
    const members = this.#rooms.get(room) ?? new Map<ConnectionId, Hear>()
    this.#rooms.set(room, members.set(connection, hear))
  }

  leave(room: string, connection: ConnectionId): void {
    this.#rooms.get(room)?.delete(connection)
  }

  size(room: string, except?: ConnectionId): number {
    return this.#others(room, except).length
  }

  emit(room: string, { event, payload }: RoomMessage, except?: ConnectionId): void {
    const read: unknown = JSON.parse(JSON.stringify(payload))
    EVENTS['/cli'].down[event].payload.parse(read)
    for (const [, hear] of this.#others(room, except)) hear({ event, payload: read })
  }

  occupied(): Iterable<string> {
    return [...this.#rooms].filter(([, members]) => members.size > 0).map(([room]) => room)
  }

  onCaughtUp(): void {
    // Whoever is told here has read it.
  }

  #others(room: string, except: ConnectionId | undefined): [ConnectionId, Hear][] {
    return [...(this.#rooms.get(room) ?? [])].filter(([id]) => id !== except)
  }
}
