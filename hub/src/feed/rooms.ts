import type { CliDownEvent } from '@holdfast/shared/protocol/events'
import type { ConnectionId } from '../live/presence.ts'
import type { MachineKey, SessionKey } from '../store/store.ts'
import type { CaughtUp } from './behind-members.ts'

/** Connections that are told the same things, by name. A name holds the namespace, so that tenants never share a room. */
export interface Rooms {
  /** How many connections are in it, not counting the one left out. */
  size(room: string, except?: ConnectionId): number
  emit(room: string, message: RoomMessage, except?: ConnectionId): void
  /** Every room that somebody is in. */
  occupied(): Iterable<string>
  /**
   * A connection that reads too slowly is not sent what is told in a room. Calls back for every room in which it missed
   * something, once it has read: it is to be told the newest of that, in the room that has its own id.
   */
  onCaughtUp(listener: CaughtUp): void
}

export interface RoomMessage {
  readonly event: CliDownEvent
  readonly payload: unknown
}

/** Clients that take a session's changes as patches. */
export function patchesRoom({ namespace, session }: SessionKey): string {
  return JSON.stringify(['patches', namespace, session])
}

/** Released clients, which take whole values. */
export function wholeRoom({ namespace, session }: SessionKey): string {
  return JSON.stringify(['whole', namespace, session])
}

export function machineRoom({ namespace, machine }: MachineKey): string {
  return JSON.stringify(['machine', namespace, machine])
}

/** The session whose changes are told in a room; null for a room of another kind. */
export function sessionOfRoom(room: string): SessionKey | null {
  if (!room.startsWith('["patches",') && !room.startsWith('["whole",')) return null
  const [, namespace, session] = JSON.parse(room) as [kind: string, namespace: string, session: string]
  return { namespace, session }
}

/** The machine whose changes are told in a room; null for a room of another kind. */
export function machineOfRoom(room: string): MachineKey | null {
  if (!room.startsWith('["machine",')) return null
  const [, namespace, machine] = JSON.parse(room) as [kind: string, namespace: string, machine: string]
  return { namespace, machine }
}
