import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { idSchema, mutationIdSchema, runtimeIdSchema, textSchema } from '../../records/ids.ts'

/**
 * `POST /api/sessions/:id/rebind`: a person says to which machine and runtime a token belongs, and it becomes the
 * session's. Where no runtime is named, none is on record afterwards.
 */
export const rebindTokenBody = z.strictObject({
  flavor: textSchema(128, 1),
  token: textSchema(LIMITS.protectedBytes, 1),
  machineId: idSchema,
  runtimeId: runtimeIdSchema.optional(),
  reason: textSchema(1024, 1),
  mutationId: mutationIdSchema.optional(),
})
export type RebindTokenBody = z.infer<typeof rebindTokenBody>
