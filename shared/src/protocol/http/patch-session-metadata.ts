import type { z } from 'zod'
import { fieldsAck } from '../up/fields-ack.ts'
import { patchMetadataRequest } from '../up/patch-metadata.ts'
import { errorBody } from './error-body.ts'

const [written, mismatch] = fieldsAck.options

/** `PATCH /api/sessions/:id/metadata`: `patch-metadata` over HTTP; the session is the one of the path. */
export const patchSessionMetadataBody = patchMetadataRequest.omit({ sid: true })
export type PatchSessionMetadataBody = z.infer<typeof patchSessionMetadataBody>

export const patchSessionMetadataAnswer = written
export type PatchSessionMetadataAnswer = z.infer<typeof patchSessionMetadataAnswer>

/** The 409 `version_mismatch`: an error body that is the ack of a mismatch as well. */
export const patchSessionMetadataConflict = errorBody.extend(mismatch.shape)
export type PatchSessionMetadataConflict = z.infer<typeof patchSessionMetadataConflict>
