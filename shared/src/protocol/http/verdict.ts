import { z } from 'zod'
import { runtimeIdSchema, textSchema } from '../../records/ids.ts'
import { resumeFactsSchema } from '../../resume/facts.ts'
import { intentSchema, verdictSchema } from '../../resume/verdict.ts'

/** `GET /api/sessions/:id/verdict`: for a person, and about the session's own agent, where nothing else is said. */
export const verdictQuery = z.strictObject({
  intent: intentSchema.optional(),
  /** The runtime in which the token would be resumed, on the machine where it was made; its own where it is left out. */
  runtimeId: runtimeIdSchema.optional(),
  flavor: textSchema(128, 1).optional(),
})
export type VerdictQuery = z.infer<typeof verdictQuery>

/** The facts are those that the verdict was judged from. Who may only read sees of the token its first characters. */
export const verdictAnswer = z.strictObject({ verdict: verdictSchema, facts: resumeFactsSchema })
export type VerdictAnswer = z.infer<typeof verdictAnswer>
