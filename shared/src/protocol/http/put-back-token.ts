import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { mutationIdSchema, reasonSchema, textSchema } from '../../records/ids.ts'

/** `POST /api/sessions/:id/put-back`: makes a token of the session's history its token again, with what was paired with it. */
export const putBackTokenBody = z.strictObject({
  flavor: textSchema(128, 1),
  value: textSchema(LIMITS.protectedBytes, 1),
  reason: reasonSchema.optional(),
  mutationId: mutationIdSchema.optional(),
})
export type PutBackTokenBody = z.infer<typeof putBackTokenBody>
