import { z } from 'zod'
import { refusedField } from '../refused-field.ts'
import { errorAck } from './error-ack.ts'

/** Client to hub. A whole metadata blob, made against `expectedVersion`. What it leaves out is judged by the merge. */
export const updateMetadataRequest = z.looseObject({
  sid: z.string(),
  expectedVersion: z.int(),
  metadata: z.unknown(),
})
export type UpdateMetadataRequest = z.infer<typeof updateMetadataRequest>

/**
 * The value is the merged one that belongs to `version`, which the client takes in place of its own. `refused` lists the
 * fields that were not taken; released clients ignore it.
 */
export const updateMetadataAck = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('success'),
    version: z.int().positive(),
    metadata: z.unknown(),
    refused: z.array(refusedField).optional(),
  }),
  z.strictObject({
    result: z.literal('version-mismatch'),
    version: z.int().positive(),
    metadata: z.unknown(),
  }),
  errorAck,
])
export type UpdateMetadataAck = z.infer<typeof updateMetadataAck>
