import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RestoreSessionAnswer } from '@holdfast/shared/protocol/http/restore-session'
import type { VersionMismatch } from '../../sessions/decision.ts'
import type { FieldsWritten } from '../../store/store.ts'
import type { DetailedRefusal } from './api-handler.ts'

/** What the store says of a write of some fields, as it is answered: the ack of a patch, or the ack of a mismatch as a 409. */
export function writtenAnswer(
  outcome: FieldsWritten | VersionMismatch | Refusal,
): RestoreSessionAnswer | DetailedRefusal | Refusal {
  if (outcome.kind === 'refused') return outcome
  return outcome.kind === 'written' ? ackOf(outcome) : mismatchOf(outcome)
}

function ackOf({ version, changed, kept, rebasedFrom, skipped }: FieldsWritten): RestoreSessionAnswer {
  return {
    result: 'success',
    version,
    changed: [...changed],
    kept: [...kept],
    ...(rebasedFrom === undefined ? {} : { rebasedFrom }),
    ...(skipped === undefined ? {} : { skipped: [...skipped] }),
  }
}

function mismatchOf({ version, current }: VersionMismatch): DetailedRefusal {
  const message = `The session is at version ${version}, and what the request names is not as it expects. Look at the values and send it again.`
  return {
    kind: 'detailed-refusal',
    refusal: refuse('version_mismatch', message),
    more: { result: 'version-mismatch', version, conflicts: current },
  }
}
