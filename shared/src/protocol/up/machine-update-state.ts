import { z } from 'zod'
import { errorAck } from './error-ack.ts'

/** Client to hub. A whole runner state, made against `expectedVersion`. */
export const machineUpdateStateRequest = z.looseObject({
  machineId: z.string(),
  expectedVersion: z.int(),
  runnerState: z.unknown(),
})
export type MachineUpdateStateRequest = z.infer<typeof machineUpdateStateRequest>

/** The value is the one that belongs to `version`. */
export const machineUpdateStateAck = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('success'), version: z.int().positive(), runnerState: z.unknown() }),
  z.strictObject({
    result: z.literal('version-mismatch'),
    version: z.int().positive(),
    runnerState: z.unknown(),
  }),
  errorAck,
])
export type MachineUpdateStateAck = z.infer<typeof machineUpdateStateAck>
