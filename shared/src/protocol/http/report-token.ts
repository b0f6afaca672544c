import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { textSchema } from '../../records/ids.ts'
import { transcriptStateSchema } from '../../resume/evidence.ts'
import { runAnswer } from './run-answer.ts'

/**
 * `POST /cli/runs/:id/token`: the agent's id of the conversation. `provisional`: the agent said it. `confirmed`: its
 * transcript was seen on the disk.
 */
export const reportTokenBody = z.strictObject({
  token: textSchema(LIMITS.protectedBytes, 1),
  state: z.enum(['provisional', 'confirmed']),
  transcript: transcriptStateSchema.optional(),
})
export type ReportTokenBody = z.infer<typeof reportTokenBody>

/** With the version of the session's metadata that has it. */
export const reportTokenAnswer = runAnswer.extend({ version: z.int().positive() })
export type ReportTokenAnswer = z.infer<typeof reportTokenAnswer>
