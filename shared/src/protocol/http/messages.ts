import { z } from 'zod'

/** `GET /cli/sessions/:id/messages`: always empty, since transcripts are the agents' business. */
export const messagesAnswer = z.strictObject({ messages: z.tuple([]) })
export type MessagesAnswer = z.infer<typeof messagesAnswer>
