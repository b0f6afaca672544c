import { z } from 'zod'
import { errorAck } from './error-ack.ts'

/** Client to hub. A whole agent state, made against `expectedVersion`. */
export const updateStateRequest = z.looseObject({
  sid: z.string(),
  expectedVersion: z.int(),
  agentState: z.unknown(),
})
export type UpdateStateRequest = z.infer<typeof updateStateRequest>

/** The value is the one that belongs to `version`: on a mismatch the stored one, on success what was stored. */
export const updateStateAck = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('success'), version: z.int().positive(), agentState: z.unknown() }),
  z.strictObject({
    result: z.literal('version-mismatch'),
    version: z.int().positive(),
    agentState: z.unknown(),
  }),
  errorAck,
])
export type UpdateStateAck = z.infer<typeof updateStateAck>
