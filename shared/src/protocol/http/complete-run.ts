import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { reasonSchema, textSchema } from '../../records/ids.ts'
import { runOutcomeSchema } from '../../records/run.ts'

/** `POST /cli/runs/:id/complete`: how it ended, by its own word. */
export const completeRunBody = z.strictObject({
  outcome: runOutcomeSchema.exclude(['interrupted']),
  token: textSchema(LIMITS.protectedBytes, 1).optional(),
  reason: reasonSchema.optional(),
  /** Where the agent worked in the end. */
  workDir: textSchema(LIMITS.protectedBytes, 1).optional(),
})
export type CompleteRunBody = z.infer<typeof completeRunBody>
