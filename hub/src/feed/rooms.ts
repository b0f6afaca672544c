import type { CliDownEvent } from '@holdfast/shared/protocol/events'
import type { ConnectionId } from '../live/presence.ts'
import type { MachineKey, SessionKey } from '../store/store.ts'

/** Connections that are told the same things, by name. A name holds the namespace, so that tenants never share a room. */
export interface Rooms {
  /** How many connections are in it, not counting the one left out. */
  size(room: string, except?: ConnectionId): number
  emit(room: string, message: RoomMessage, except?: ConnectionId): void
  /** Every room that somebody is in. */
  occupied(): Iterable<string>
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
