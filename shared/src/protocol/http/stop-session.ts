import { z } from 'zod'
import { reasonSchema } from '../../records/ids.ts'

/** `POST /api/sessions/:id/stop`. The run of a released client that ends by it keeps the reason. */
export const stopSessionBody = z.strictObject({ reason: reasonSchema.optional() })
export type StopSessionBody = z.infer<typeof stopSessionBody>

/**
 * What came of it, and who was asked last. `unknown`: who was asked could not say that it ended, and it may run on.
 */
export const stopSessionAnswer = z.strictObject({
  outcome: z.enum(['stopped', 'already_gone', 'unknown']),
  by: z.enum(['client', 'runner']),
  /** One plain sentence. */
  message: z.string(),
})
export type StopSessionAnswer = z.infer<typeof stopSessionAnswer>
