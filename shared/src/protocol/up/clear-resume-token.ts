import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { idSchema, mutationIdSchema, textSchema } from '../../records/ids.ts'
import { fieldsAck } from './fields-ack.ts'

/**
 * Client to hub, ours: gives up a session's resume token on purpose, with what is paired with it. `expectedToken` is the
 * value that the caller means; another one there is a mismatch and stays. The reason is for whoever finds it gone.
 */
export const clearResumeTokenRequest = z.strictObject({
  sid: idSchema,
  flavor: textSchema(128, 1),
  expectedToken: textSchema(LIMITS.protectedBytes, 1).optional(),
  reason: textSchema(1024, 1),
  mutationId: mutationIdSchema.optional(),
})
export type ClearResumeTokenRequest = z.infer<typeof clearResumeTokenRequest>

export const clearResumeTokenAck = fieldsAck
export type ClearResumeTokenAck = z.infer<typeof clearResumeTokenAck>
