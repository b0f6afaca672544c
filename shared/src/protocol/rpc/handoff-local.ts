import { z } from 'zod'

/** Hub to a session's client: end here, so that the conversation can go on in a terminal. It takes nothing. */
export const handoffLocalParams = z.strictObject({})
export type HandoffLocalParams = z.infer<typeof handoffLocalParams>

/** What it answers is not looked at: whether the session is inactive is seen, not believed. */
export const handoffLocalCallAnswer = z.unknown().optional()
