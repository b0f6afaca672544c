import { z } from 'zod'

/** Hub to a machine's runner: stop the agent of a session. */
export const stopSessionParams = z.strictObject({ sessionId: z.string().min(1) })
export type StopSessionParams = z.infer<typeof stopSessionParams>

/** `still_alive` is also what a runner says of an id that it does not know: it is no proof of life. */
export const stopSessionAnswer = z.looseObject({ status: z.enum(['stopped', 'already_gone', 'still_alive']) })
export type StopSessionAnswer = z.infer<typeof stopSessionAnswer>
