import type { Server, Socket } from 'socket.io'
import type { Gate } from '../auth/gate.ts'
import type { LoginCookies } from '../auth/login-cookies.ts'
import type { Rooms } from '../feed/rooms.ts'
import type { SessionEvents } from '../feed/session-events.ts'
import type { Presence } from '../live/presence.ts'
import type { RpcRegistry } from '../live/rpc-registry.ts'
import type { Log } from '../log/log.ts'
import type { KillMarks } from '../runs/kill-marks.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import type { Store } from '../store/store.ts'
import type { SocketCounts } from './socket-counts.ts'

export interface SocketDoorParts {
  readonly io: Server
  readonly store: Store
  readonly gate: Gate
  /** Lets browsers in to watch. */
  readonly logins: Pick<LoginCookies, 'callerIn'>
  readonly presence: Presence
  readonly registry: RpcRegistry
  readonly runs: RunDesk
  /** Of which sessions somebody asked that they end. */
  readonly kills: KillMarks
  readonly events: SessionEvents
  /** The rooms of `/cli`. */
  readonly rooms: Rooms
  readonly log: Log
  readonly now: () => number
  /** Resolves after so many milliseconds. */
  readonly later: (ms: number) => Promise<void>
  /** The peer's address; the runtimes know it in different ways. */
  readonly addressOf: (socket: Socket) => string
}

export interface SocketDoor {
  /** What came in since the start, for whoever watches the hub. */
  readonly counts: Readonly<SocketCounts>
  /** From here on nothing new is taken; settles when everything that was taken has been answered. */
  drain(): Promise<void>
}
