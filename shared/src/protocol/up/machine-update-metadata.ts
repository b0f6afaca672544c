import { z } from 'zod'
import { errorAck } from './error-ack.ts'

/** Client to hub. A whole machine metadata, made against `expectedVersion`. */
export const machineUpdateMetadataRequest = z.looseObject({
  machineId: z.string(),
  expectedVersion: z.int(),
  metadata: z.unknown(),
})
export type MachineUpdateMetadataRequest = z.infer<typeof machineUpdateMetadataRequest>

/** The value is the one that belongs to `version`. */
export const machineUpdateMetadataAck = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('success'), version: z.int().positive(), metadata: z.unknown() }),
  z.strictObject({
    result: z.literal('version-mismatch'),
    version: z.int().positive(),
    metadata: z.unknown(),
  }),
  errorAck,
])
export type MachineUpdateMetadataAck = z.infer<typeof machineUpdateMetadataAck>
