import { z } from 'zod'
import { mutationIdSchema, reasonSchema, textSchema, versionSchema } from '../../records/ids.ts'
import { patchSessionMetadataAnswer } from './patch-session-metadata.ts'

/** `POST /api/sessions/:id/restore`: sets fields to what they were at a version; all of them where none is named. */
export const restoreSessionBody = z.strictObject({
  version: versionSchema,
  fields: z.array(textSchema(256, 1)).min(1).max(4096).optional(),
  reason: reasonSchema.optional(),
  mutationId: mutationIdSchema.optional(),
})
export type RestoreSessionBody = z.infer<typeof restoreSessionBody>

/** `skipped` names what a restore of everything had to leave as it is. */
export const restoreSessionAnswer = patchSessionMetadataAnswer.extend({
  skipped: z.array(z.string()).optional(),
})
export type RestoreSessionAnswer = z.infer<typeof restoreSessionAnswer>
