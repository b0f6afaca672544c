import { z } from 'zod'
import { idSchema, mutationIdSchema, reasonSchema, versionSchema } from '../../records/ids.ts'
import { fieldsAck } from './fields-ack.ts'

/**
 * Client to hub, ours. RFC 7396 on a session's fields: absent keeps, a value sets, null removes an unprotected field.
 * Without `expectedVersion` it applies to what is there. Retried with the same `mutationId` it takes effect once. A
 * member that is not listed here is an error, so that a misspelt `expectedVersion` is never a blind write.
 */
export const patchMetadataRequest = z.strictObject({
  sid: idSchema,
  patch: z.unknown(),
  expectedVersion: versionSchema.optional(),
  mutationId: mutationIdSchema.optional(),
  reason: reasonSchema.optional(),
})
export type PatchMetadataRequest = z.infer<typeof patchMetadataRequest>

export const patchMetadataAck = fieldsAck
export type PatchMetadataAck = z.infer<typeof patchMetadataAck>
