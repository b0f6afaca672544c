import { z } from 'zod'
import { resumeTarget } from './resume-target.ts'

/** `GET /cli/sessions/resumable?machineId=`. */
export const resumableQuery = z.looseObject({ machineId: z.string().min(1) })
export type ResumableQuery = z.infer<typeof resumableQuery>

export const resumableSession = z.strictObject({
  ...resumeTarget.shape,
  updatedAt: z.number(),
  name: z.string().optional(),
  summary: z.string().optional(),
})
export type ResumableSession = z.infer<typeof resumableSession>

/** One row that a released client does not accept fails its whole list: leave a row out rather than send it bent. */
export const resumableAnswer = z.strictObject({ sessions: z.array(resumableSession) })
export type ResumableAnswer = z.infer<typeof resumableAnswer>
