import { z } from 'zod'

/** Hub to a session's client: end the agent. It takes nothing. */
export const killSessionParams = z.strictObject({})
export type KillSessionParams = z.infer<typeof killSessionParams>

export const killSessionAnswer = z.looseObject({ success: z.boolean(), message: z.string() })
export type KillSessionAnswer = z.infer<typeof killSessionAnswer>
