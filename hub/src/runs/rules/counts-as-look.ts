import type { TranscriptState } from '@holdfast/shared/resume/evidence'
import { isSame, type Place } from './place.ts'

type Where = Pick<Place, 'machineId' | 'runtimeId'>

/**
 * Whether a claimant's look for a transcript says something about the token. That it is there is true of its machine;
 * that it is not can only be said in the runtime where it would be.
 */
export function countsAsLook(token: Where, claimant: Where, found: TranscriptState): boolean {
  if (!isSame(token.machineId, claimant.machineId)) return false
  if (isSame(token.runtimeId, claimant.runtimeId)) return true
  return found === 'present' && token.runtimeId === null
}
