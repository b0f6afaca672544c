import type { Namespace } from 'socket.io'
import type { ConnectionId } from '../live/presence.ts'
import type { RoomMessage, Rooms } from './rooms.ts'

/** The rooms of a socket.io namespace. A message is encoded once for everybody in the room. */
export class SocketRooms implements Rooms {
  readonly #namespace: Namespace

  constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  size(room: string, except?: ConnectionId): number {
    const members = this.#namespace.adapter.rooms.get(room)
    if (members === undefined) return 0
    return except !== undefined && members.has(except) ? members.size - 1 : members.size
  }

  emit(room: string, { event, payload }: RoomMessage, except?: ConnectionId): void {
    const members = this.#namespace.to(room)
    // Every socket is alone in a room of its own id, so leaving that room out leaves out that socket.
    const told = except === undefined ? members : members.except(except)
    told.emit(event, payload)
  }

  occupied(): Iterable<string> {
    return this.#namespace.adapter.rooms.keys()
  }
}
