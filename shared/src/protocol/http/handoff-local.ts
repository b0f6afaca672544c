import { z } from 'zod'

/** `POST /cli/sessions/:id/handoff-local`, once the session is inactive; `already_local` comes as an error body. */
export const handoffLocalAnswer = z.strictObject({ ok: z.literal(true) })
export type HandoffLocalAnswer = z.infer<typeof handoffLocalAnswer>
