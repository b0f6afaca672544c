import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import type { RefusedField } from '@holdfast/shared/metadata/merge'
import { repairText } from '@holdfast/shared/protocol/released/repair-text'
import { printable } from '@holdfast/shared/protocol/printable'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { ReplaceAnswer, VersionMismatch } from '../../sessions/decision.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { isValueProblem } from './is-value-problem.ts'
import { overflowingFields } from './overflowing-fields.ts'
import { unstorableFields } from './unstorable-fields.ts'
import { withoutFields } from './without-fields.ts'

/** A write of a whole blob that may be tried with other blobs, always against the version that was asked for. */
export interface Replacing {
  readonly expectedVersion: number
  readonly read: () => Promise<SessionRecord | null>
  readonly replace: (metadata: JsonObject) => Promise<ReplaceAnswer | VersionMismatch | Refusal>
}

export interface RefusedBlob {
  readonly sent: JsonObject
  /** Why the store took nothing of it. */
  readonly refusal: Refusal
}

/**
 * Stores of a blob, of which the store took nothing, what can be stored, and leaves the other fields as they are. Text is
 * repaired; then go the fields that no document may hold, then those that make this one too large. What is refused even
 * then changes nothing at all, and that is told as what it is: the session as it stands, with every field refused.
 */
export async function replaceWhatFits(
  { expectedVersion, read, replace }: Replacing,
  { sent, refusal }: RefusedBlob,
): Promise<ReplaceAnswer | VersionMismatch | Refusal> {
  const record = await read()
  if (record === null) return refuse('session_not_found', 'There is no such session.')
  const { metadata: stored, metadataVersion: version } = record
  if (version !== expectedVersion) return { kind: 'version-mismatch', version, current: stored }
  const names = Object.keys(sent)
  // Looking at each of more fields than any document may have would take the hub from everybody else.
  if (names.length > LIMITS.keys) return nothingOf(names, record, refusal)
  const blob = repairText(sent) as JsonObject
  const unstorable = unstorableFields(blob)
  const storable = withoutFields(blob, stored, unstorable)
  const first = await replace(storable)
  if (!isValueProblem(first)) return declining(first, [...unstorable.values()])
  const overflowing = overflowingFields(stored, storable)
  const fitting = withoutFields(storable, stored, overflowing)
  const second = await replace(fitting)
  if (!isValueProblem(second)) return declining(second, [...unstorable.values(), ...overflowing.values()])
  return nothingOf(names, record, second)
}

function nothingOf(
  names: readonly string[],
  { metadata, metadataVersion: version }: SessionRecord,
  { code, message }: Refusal,
): ReplaceAnswer {
  const listed = names.slice(0, SOCKET_LIMITS.refusedFields)
  const refused = listed.map((name) => ({ field: printable(name), code, message }))
  return { kind: 'written', version, metadata, changed: [], kept: [], refused }
}

function declining(
  outcome: ReplaceAnswer | VersionMismatch | Refusal,
  declined: readonly RefusedField[],
): ReplaceAnswer | VersionMismatch | Refusal {
  return outcome.kind === 'written' ? { ...outcome, refused: [...declined, ...outcome.refused] } : outcome
}
