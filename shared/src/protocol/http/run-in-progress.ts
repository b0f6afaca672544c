import { z } from 'zod'
import { errorBody } from './error-body.ts'

/** The 409 `run_in_progress`: which run is in the way, in which session, and since when. */
export const runInProgress = errorBody.extend({
  runId: z.string(),
  session: z.string(),
  since: z.int(),
  /** Another program is, or was, in the same conversation at the same time. */
  contended: z.boolean(),
})
export type RunInProgress = z.infer<typeof runInProgress>
