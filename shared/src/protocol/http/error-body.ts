import { z } from 'zod'

/** Every error over HTTP: one plain sentence for people, a code for programs, and what else belongs to that code. */
export const errorBody = z.looseObject({ error: z.string(), code: z.string() })
export type ErrorBody = z.infer<typeof errorBody>
