import { HoldfastError } from '../../errors/holdfast-error.ts'
import type { JsonObject } from '../../metadata/json.ts'
import { patchMetadataRequest, type PatchMetadataRequest } from '../../protocol/up/patch-metadata.ts'
import { metadataOf, type Change, type Fields } from '../fields.ts'
import { patchChanges } from '../patch-changes.ts'
import type { SessionDocument } from '../session-document.ts'
import { readFieldsAck, type Answer } from './answer.ts'
import { checkedPayload } from './checked-payload.ts'
import { snapshotPatch } from './snapshot-patch.ts'
import { ACK_MS, type NextStep, type Write } from './write.ts'

/** Makes a patch of what is there; null or an empty one changes nothing. It is called again whenever that moved. */
export type ComputePatch = (metadata: Readonly<JsonObject>) => JsonObject | null

/** So often may others be first before it is given up. */
const MOST_TRIES = 10
const BYTES = 4096

export interface ComputedWriteParts {
  readonly sid: string
  readonly compute: ComputePatch
  readonly nextMutationId: () => string
  readonly reason: string | undefined
}

interface Attempt {
  readonly patch: JsonObject
  readonly expectedVersion: number
  readonly payload: PatchMetadataRequest
}

/**
 * A patch that is true of one version only. It is made of a confirmed value and names its version; where somebody else
 * was first it is made again, of the value that belongs to the newer version. An attempt whose outcome is not known
 * stays as it is, so that it is sent again as the same mutation.
 */
export class ComputedWrite implements Write {
  readonly touches = 'all'
  readonly bytes = BYTES
  readonly #parts: ComputedWriteParts
  #attempt: Attempt | null = null
  #tries = 0

  constructor(parts: ComputedWriteParts) {
    this.#parts = parts
  }

  changesOn(fields: Fields): readonly Change[] | null {
    if (this.#attempt !== null) return patchChanges(fields, this.#attempt.patch)
    try {
      const patch = this.#parts.compute(metadataOf(fields))
      return patch === null ? null : patchChanges(fields, snapshotPatch(patch).patch)
    } catch {
      // It only shows what is to come; `next` computes it again and says what is wrong.
      return null
    }
  }

  next(document: SessionDocument): NextStep {
    if (this.#attempt === null) {
      const { confirmed } = document
      if (confirmed === null || document.isBehind) return 'wait'
      const patch = this.#parts.compute(confirmed.metadata)
      if (patch === null || Object.keys(patch).length === 0) return 'nothing'
      this.#attempt = this.#attemptOf(snapshotPatch(patch).patch, confirmed.version)
    }
    const { payload } = this.#attempt
    return (link) => link.ask('patch-metadata', payload, ACK_MS)
  }

  answerIn(ack: unknown): Answer {
    return readFieldsAck(ack)
  }

  mismatched(version: number, document: SessionDocument): HoldfastError | null {
    // The hub is not ahead of what this was made of, and still it does not fit.
    if (version <= (this.#attempt?.expectedVersion ?? 0)) document.doubt()
    this.#attempt = null
    this.#tries++
    if (this.#tries < MOST_TRIES) return null
    const message = `Others were first ${MOST_TRIES} times; nothing was written. Try again later.`
    return new HoldfastError('version_mismatch', message)
  }

  #attemptOf(patch: JsonObject, expectedVersion: number): Attempt {
    const { sid, nextMutationId, reason } = this.#parts
    const payload = checkedPayload('patch-metadata', patchMetadataRequest, {
      sid,
      patch,
      expectedVersion,
      mutationId: nextMutationId(),
      reason,
    })
    return { patch, expectedVersion, payload }
  }
}
