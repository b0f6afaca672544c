import { HoldfastError } from '../../errors/holdfast-error.ts'
import { patchMetadataRequest } from '../../protocol/up/patch-metadata.ts'
import { patchChanges, touchedBy } from '../patch-changes.ts'
import { readFieldsAck } from './answer.ts'
import { checkedPayload } from './checked-payload.ts'
import { snapshotPatch } from './snapshot-patch.ts'
import { ACK_MS, type Write } from './write.ts'

export interface PatchWriteParts {
  readonly sid: string
  readonly patch: unknown
  readonly mutationId: string
  readonly reason: string | undefined
}

/** A patch that is the same whatever is there. It names no version, so nobody else can be first. */
export function patchWrite({ sid, patch: given, mutationId, reason }: PatchWriteParts): Write {
  const { patch, bytes } = snapshotPatch(given)
  const payload = checkedPayload('patch-metadata', patchMetadataRequest, {
    sid,
    patch,
    mutationId,
    reason,
  })
  return {
    touches: touchedBy(patch),
    bytes,
    changesOn: (fields) => patchChanges(fields, patch),
    next: () => (link) => link.ask('patch-metadata', payload, ACK_MS),
    answerIn: readFieldsAck,
    mismatched: () =>
      new HoldfastError('version_mismatch', 'The hub wants a version for a patch that names none.'),
  }
}
