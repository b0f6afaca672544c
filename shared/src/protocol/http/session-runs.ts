import { z } from 'zod'
import { runRecordSchema } from '../../records/run.ts'

/** `GET /api/sessions/:id/runs`: every run that the session had, newest first. */
export const sessionRunsAnswer = z.strictObject({
  runs: z.array(runRecordSchema),
  nextCursor: z.string().nullable(),
})
export type SessionRunsAnswer = z.infer<typeof sessionRunsAnswer>
