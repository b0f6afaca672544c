import { z } from 'zod'

/** Hub to client, without ack: an event that asks for no ack could not be served, because of this session or machine. */
export const errorEvent = z.strictObject({
  message: z.string(),
  code: z.string(),
  scope: z.enum(['session', 'machine']),
  id: z.string(),
})
export type ErrorEvent = z.infer<typeof errorEvent>
