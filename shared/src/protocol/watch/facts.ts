import { z } from 'zod'
import { runKindSchema, runStateSchema } from '../../records/run.ts'
import { tokenProofSchema } from '../../records/token.ts'
import { classedVerdictSchema } from '../../resume/classed-verdict.ts'
import { directoryEvidenceSchema, transcriptEvidenceSchema } from '../../resume/evidence.ts'

/** A run that is live. */
const watchedRun = z.strictObject({
  runId: z.string(),
  kind: runKindSchema,
  state: runStateSchema,
  since: z.int(),
  contended: z.boolean(),
  machineId: z.string().nullable(),
})

/** What is known of whether a session can be resumed. */
const watchedEvidence = z.strictObject({
  /** The one that the session has now, of its agent; null: none. */
  token: z
    .strictObject({
      flavor: z.string(),
      /** Its beginning. */
      value: z.string(),
      proof: tokenProofSchema,
      transcript: transcriptEvidenceSchema,
    })
    .nullable(),
  directory: directoryEvidenceSchema,
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
  /** Both or none: told when something was learned that counts for a resume. */
  evidence: watchedEvidence.optional(),
  /** What lists say of it. */
  verdict: classedVerdictSchema.optional(),
})
export type SessionFacts = z.infer<typeof sessionFacts>

/**
 * Hub to watcher: the newest facts of some sessions. After `watch` come those of every session that is active or has a
 * live run; what has not been named since then is not, and has none. Evidence and verdicts are told from then on as they
 * change; what they are at that time is in lists.
 */
export const facts = z.array(sessionFacts).min(1)
export type Facts = z.infer<typeof facts>

/** Called without an argument; the next facts come after it. */
export const factsAck = z.undefined()
