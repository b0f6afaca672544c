import { z } from 'zod'
import { runKindSchema, runStateSchema } from '../../records/run.ts'

/** A run that is live. */
const watchedRun = z.strictObject({
  runId: z.string(),
  kind: runKindSchema,
  state: runStateSchema,
  since: z.int(),
  contended: z.boolean(),
  machineId: z.string().nullable(),
})

/** What is true of a session now and is in no feed. */
export const sessionFacts = z.strictObject({
  sid: z.string(),
  liveness: z
    .strictObject({
      active: z.boolean(),
      activeAt: z.number().nullable(),
      thinking: z.boolean(),
      thinkingAt: z.number().nullable(),
    })
    .optional(),
  /** Of several, the newest; null: it has none. */
  run: watchedRun.nullable().optional(),
})
export type SessionFacts = z.infer<typeof sessionFacts>

/**
 * Hub to watcher: the newest facts of some sessions. After `watch` come those of every session that is active or has a
 * live run; what has not been named since then is not, and has none.
 */
export const facts = z.array(sessionFacts).min(1)
export type Facts = z.infer<typeof facts>

/** Called without an argument; the next facts come after it. */
export const factsAck = z.undefined()
