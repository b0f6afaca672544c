import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ReplaceAnswer, VersionMismatch } from '../../sessions/decision.ts'
import type { FieldsWritten } from '../../store/store.ts'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'

/**
 * Says which connection made a version, since its ack is all that it is told of it. To be called in the continuation of
 * the store's own promise, before the feed is looked at. A write that changed nothing made no version.
 */
export function claimVersion(
  { parts: { events } }: Desk,
  connection: Connection,
  sid: string,
  outcome: FieldsWritten | ReplaceAnswer | VersionMismatch | Refusal,
): void {
  if (outcome.kind === 'refused') return
  connection.found('session', sid)
  if (outcome.kind !== 'written' || outcome.changed.length === 0) return
  if ('replayed' in outcome) return
  events.madeBy({ namespace: connection.caller.namespace, session: sid }, outcome.version, connection.id)
}
