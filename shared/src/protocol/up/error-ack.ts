import { z } from 'zod'

/**
 * The ack of a write of the released protocol that could not be carried out. A released client sends the same again for
 * ever, so this is only for what is not there, not its own, not an object, or not storable.
 */
export const errorAck = z.strictObject({
  result: z.literal('error'),
  reason: z.enum(['not-found', 'access-denied', 'namespace-missing']).optional(),
})
export type ErrorAck = z.infer<typeof errorAck>
