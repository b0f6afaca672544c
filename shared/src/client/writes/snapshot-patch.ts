import { HoldfastError } from '../../errors/holdfast-error.ts'
import { isJsonObject, type JsonObject } from '../../metadata/json.ts'
import { findLimitProblem, LIMITS, utf8Bytes } from '../../metadata/limits.ts'
import { freezeJson } from '../freeze-json.ts'

export interface PatchSnapshot {
  readonly patch: JsonObject
  readonly bytes: number
}

/**
 * The patch as it is now, whatever its maker does with it later, and known to be of a size that the hub takes: a message
 * that is too large ends the whole connection, again and again. Throws where it is not fit to be sent.
 */
export function snapshotPatch(patch: unknown): PatchSnapshot {
  if (!isJsonObject(patch)) throw new HoldfastError('invalid_patch', 'A patch must be a JSON object.')
  const problem = findLimitProblem(patch, LIMITS.patchBytes)
  if (problem !== null)
    throw new HoldfastError(problem.code, `${problem.message} It is at "${problem.field}".`)
  const text = JSON.stringify(patch)
  const bytes = utf8Bytes(text)
  if (bytes > LIMITS.patchBytes) {
    const message = `The patch takes ${bytes} bytes; at most ${LIMITS.patchBytes} are allowed.`
    throw new HoldfastError('too_large', message)
  }
  return { patch: freezeJson(JSON.parse(text) as JsonObject), bytes }
}
