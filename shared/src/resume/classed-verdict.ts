import { z } from 'zod'
import { reasonSchema } from './reasons.ts'
import { verdictClassSchema } from './verdict.ts'

/** What lists and the census say of a session in place of a whole verdict. */
export const classedVerdictSchema = z.strictObject({
  class: verdictClassSchema,
  /** Null where nothing speaks against a resume. */
  reason: reasonSchema.nullable(),
})
export type ClassedVerdict = z.infer<typeof classedVerdictSchema>
