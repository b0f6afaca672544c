import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { idSchema } from '@holdfast/shared/records/ids'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { SessionKey, Store } from '../store/store.ts'
import type { DoorContext } from './door-env.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'

/** The session of the path, in the caller's namespace. What can be nobody's id is the id of no session. */
export function sessionAsked(c: DoorContext): SessionKey | Refusal {
  const session = idSchema.safeParse(c.req.param('id'))
  if (!session.success) return SESSION_NOT_FOUND
  return { namespace: c.get('caller').namespace, session: session.data }
}

export interface FoundSession {
  readonly kind: 'found'
  readonly key: SessionKey
  readonly record: SessionRecord
}

/** The same, read. */
export async function findSession(store: Store, c: DoorContext): Promise<FoundSession | Refusal> {
  const key = sessionAsked(c)
  if ('kind' in key) return key
  const record = await store.readSession(key)
  return record === null ? SESSION_NOT_FOUND : { kind: 'found', key, record }
}
