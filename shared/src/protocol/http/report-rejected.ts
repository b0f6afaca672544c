import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { textSchema } from '../../records/ids.ts'
import { runAnswer } from './run-answer.ts'

/** `POST /cli/runs/:id/rejected`: the agent said that it does not know the token; `message` is what it said. */
export const reportRejectedBody = z.strictObject({
  token: textSchema(LIMITS.protectedBytes, 1),
  message: textSchema(4096),
})
export type ReportRejectedBody = z.infer<typeof reportRejectedBody>

/** `quarantined`: nobody is given the token again until a transcript is seen or a person says so. It is kept. */
export const reportRejectedAnswer = runAnswer.extend({ quarantined: z.boolean() })
export type ReportRejectedAnswer = z.infer<typeof reportRejectedAnswer>
