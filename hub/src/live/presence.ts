import type { SessionKey, MachineKey } from '../store/store.ts'
import type { LiveMachine } from '@holdfast/shared/protocol/released/machine-for-released-client'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'

/** What one connection says of a session when it says that it is alive. */
export interface Alive {
  readonly thinking: boolean
  readonly mode?: string | undefined
}

/** A connection, as far as liveness is concerned: an identity that ends with it. */
export type ConnectionId = string

/**
 * Who is connected and has said that it is alive, by the hub's own clock. Nothing of it is stored: after a restart of
 * the hub every client says it again within seconds.
 */
export interface Presence {
  sessionAlive(session: SessionKey, connection: ConnectionId, alive: Alive): void
  /** The client said that the session ended; what it says on this connection afterwards does not make it active again. */
  sessionEnded(session: SessionKey, connection: ConnectionId): void
  machineAlive(machine: MachineKey, connection: ConnectionId): void
  /** It is gone for good: what is still said in its name does not count. */
  disconnected(connection: ConnectionId): void
  session(session: SessionKey): LiveSession
  machine(machine: MachineKey): LiveMachine
  /** The ids of a namespace's sessions that are active now. */
  activeSessions(namespace: string): Iterable<string>
  /**
   * Calls back when a session has become active or is not any more, and when it begins or ends to think. The listener
   * must not throw. The answer takes it back.
   */
  onChange(listener: (session: SessionKey) => void): () => void
  /** Resolves true once nobody says that the session is alive, false when that has not come about in time. */
  sessionInactive(session: SessionKey, withinMs: number): Promise<boolean>
}
