import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { handshakeAuth, PATCHES_FEATURE } from '@holdfast/shared/protocol/handshake-auth'
import { shapeRefusal } from '@holdfast/shared/protocol/shape-refusal'
import type { Caller } from '../auth/caller.ts'
import type { Gate } from '../auth/gate.ts'
import type { Store } from '../store/store.ts'
import { Directory, type Scope } from './directory.ts'

/** Somebody who may connect. */
export interface Guest {
  readonly kind: 'guest'
  readonly caller: Caller
  /** A client of ours; the others speak the released protocol and nothing else. */
  readonly isOurs: boolean
  /** The session and the machine that it says it speaks for. */
  readonly own: { readonly [scope in Scope]: string | null }
  /** The run that it says it is. */
  readonly runId: string | null
  /** Knows which of those are in its namespace. */
  readonly directory: Directory
}

export interface Knock {
  readonly auth: unknown
  readonly address: string
  /** The header of the request that opened the connection. */
  readonly cookie: string | undefined
}

/** Whose connection it is. Whoever has no token that is known is told nothing about the rest of what he sent. */
export async function admit(
  { gate, store }: { readonly gate: Gate; readonly store: Store },
  { auth, address }: Knock,
): Promise<Guest | Refusal> {
  const caller = await gate.authenticate({ token: tokenOf(auth), address })
  if ('kind' in caller) return caller
  const shake = handshakeAuth.safeParse(auth)
  if (!shake.success) return shapeRefusal('The handshake', shake.error)
  const { sessionId = null, machineId = null, runId = null, features = [] } = shake.data
  const directory = new Directory(store, caller.namespace)
  if (sessionId !== null) await directory.has('session', sessionId)
  if (machineId !== null) await directory.has('machine', machineId)
  const own = { session: sessionId, machine: machineId }
  return { kind: 'guest', caller, isOurs: features.includes(PATCHES_FEATURE), own, runId, directory }
}

/** The token in a handshake, whatever else is in it. */
export function tokenOf(auth: unknown): string | undefined {
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined
  return typeof token === 'string' ? token : undefined
}
