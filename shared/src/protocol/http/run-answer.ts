import { z } from 'zod'
import { runStateSchema } from '../../records/run.ts'

/** How a run stands, as its holder is told. */
export const runAnswer = z.strictObject({
  runId: z.string(),
  sessionId: z.string(),
  state: runStateSchema,
  /** Another program is, or was, in the same conversation at the same time. */
  contended: z.boolean(),
  /** Without a heartbeat for so long it is over. */
  leaseMs: z.int().positive(),
})
export type RunAnswer = z.infer<typeof runAnswer>
