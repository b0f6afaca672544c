import { z } from 'zod'
import { textSchema } from '../../records/ids.ts'
import { CHECK_IDS, checkIdSchema, checkSchema } from '../../resume/verdict.ts'
import { errorBody } from './error-body.ts'
import { runInProgress } from './run-in-progress.ts'

/** What a prompt may have at most, in characters: it goes to the runner in one message. */
const PROMPT_LENGTH = 64 * 1024

/** `POST /api/sessions/:id/resume`: `acceptRisk` names the checks whose cautions a person accepts. */
export const resumeSessionBody = z.strictObject({
  acceptRisk: z.array(checkIdSchema).max(CHECK_IDS.length).optional(),
  /** The first thing to say to the agent. */
  prompt: textSchema(PROMPT_LENGTH, 1).optional(),
})
export type ResumeSessionBody = z.infer<typeof resumeSessionBody>

/** The agent has loaded the session's token. The session keeps its id. */
export const resumeSessionAnswer = z.strictObject({
  type: z.literal('success'),
  sessionId: z.string(),
  runId: z.string(),
})
export type ResumeSessionAnswer = z.infer<typeof resumeSessionAnswer>

/** What belongs to a code: the run that is in the way, the checks that speak against it, or the command to type instead. */
export const resumeSessionConflict = errorBody.extend({
  ...runInProgress.omit({ error: true, code: true }).partial().shape,
  /** With `resume_unavailable` all of them, with `confirmation_required` those that are not accepted yet. */
  checks: z.array(checkSchema).optional(),
  /** With `resume_failed`: what the runner, or the wrapper of the agent, said last. */
  reason: z.string().optional(),
  /** With `runner_unable`: what to type on the session's machine. */
  command: z.string().optional(),
})
export type ResumeSessionConflict = z.infer<typeof resumeSessionConflict>
