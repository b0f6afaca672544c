import { z } from 'zod'

/**
 * The ack of a write of some fields. `changed` names what is another value now; `kept` the protected fields that the
 * session holds and the write left as they are; `rebasedFrom` is there when the write was made against an older version
 * and went through because nothing it names had changed. On a mismatch `conflicts` holds the current values of the
 * fields it names, null for one that is not there. Codes are those of the error table, which grows.
 */
export const fieldsAck = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('success'),
    version: z.int().positive(),
    changed: z.array(z.string()),
    kept: z.array(z.string()),
    rebasedFrom: z.int().min(0).optional(),
  }),
  z.strictObject({
    result: z.literal('version-mismatch'),
    version: z.int().positive(),
    conflicts: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    result: z.literal('error'),
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
    limit: z.number().optional(),
    actual: z.number().optional(),
  }),
])
export type FieldsAck = z.infer<typeof fieldsAck>
