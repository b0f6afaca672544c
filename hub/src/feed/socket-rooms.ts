import type { Namespace, Socket } from 'socket.io'
import { cutTransport } from '../listen/cut-transport.ts'
import { UnsentBytes } from '../listen/unsent-bytes.ts'
import type { ConnectionId } from '../live/presence.ts'
import { BEHIND_LIMITS, BehindMembers, type BehindLimits, type CaughtUp } from './behind-members.ts'
import type { RoomMessage, Rooms } from './rooms.ts'

/** The rooms of a socket.io namespace. A message is encoded once for everybody in the room. */
export class SocketRooms implements Rooms {
  readonly #namespace: Namespace
  readonly #behind: BehindMembers
  readonly #unsent = new UnsentBytes()

  constructor(namespace: Namespace, now: () => number, limits: BehindLimits = BEHIND_LIMITS) {
    this.#namespace = namespace
    this.#behind = new BehindMembers(now, limits)
    namespace.on('connection', (socket: Socket) => {
      socket.on('disconnect', () => this.#behind.left(socket.id))
    })
  }

  size(room: string, except?: ConnectionId): number {
    const members = this.#namespace.adapter.rooms.get(room)
    if (members === undefined) return 0
    return except !== undefined && members.has(except) ? members.size - 1 : members.size
  }

  emit(room: string, { event, payload }: RoomMessage, except?: ConnectionId): void {
    const left = this.#whoMisses(room, except)
    if (except !== undefined) left.push(except)
    const members = this.#namespace.to(room)
    // Every socket is alone in a room of its own id, so leaving that room out leaves out that socket.
    const told = left.length === 0 ? members : members.except(left)
    told.emit(event, payload)
  }

  occupied(): Iterable<string> {
    return this.#namespace.adapter.rooms.keys()
  }

  onCaughtUp(listener: CaughtUp): void {
    this.#behind.onCaughtUp(listener)
  }

  #whoMisses(room: string, except: ConnectionId | undefined): ConnectionId[] {
    const behind: ConnectionId[] = []
    for (const id of this.#namespace.adapter.rooms.get(room) ?? []) {
      const socket = id === except ? undefined : this.#namespace.sockets.get(id)
      if (socket === undefined) continue
      const reach = { unsent: () => this.#unsent.of(socket), cut: () => cutTransport(socket) }
      if (this.#behind.misses(room, id, reach)) behind.push(id)
    }
    return behind
  }
}
