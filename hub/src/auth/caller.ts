import type { Actor } from '@holdfast/shared/records/actor'
import { ROLES, type Role } from '@holdfast/shared/records/device'

/** Who is speaking, as the token says and nothing else: the namespace never comes from a request. */
export interface Caller {
  readonly namespace: string
  readonly role: Role
  /** The device whose token it is; null for the root token. */
  readonly device: string | null
}

export function mayDo(caller: Caller, role: Role): boolean {
  return ROLES.indexOf(caller.role) >= ROLES.indexOf(role)
}

/** The caller as the journal names it: one object for all that a connection writes. */
export function actorOf(
  caller: Caller,
  door: Actor['door'],
  more: Omit<Actor, 'door' | 'device'> = {},
): Actor {
  return { door, ...(caller.device === null ? {} : { device: caller.device }), ...more }
}
