import { z } from 'zod'
import { runOutcomeSchema } from '../records/run.ts'
import { tokenProofSchema } from '../records/token.ts'
import { directoryEvidenceSchema, transcriptEvidenceSchema } from './evidence.ts'

/** A live run that has the lease. */
export const holdSchema = z.strictObject({
  runId: z.string(),
  session: z.string(),
  since: z.int(),
  contended: z.boolean(),
})
export type Hold = z.infer<typeof holdSchema>

/** What is known of the token that is asked about. */
export const tokenFactsSchema = z.strictObject({
  value: z.string(),
  proof: tokenProofSchema,
  /** Where it was minted; null where that is not on record. */
  machineId: z.string().nullable(),
  /** By its own record, or else by that of the run that produced exactly this token. */
  runtimeId: z.string().nullable(),
  directory: z.string().nullable(),
  at: z.int(),
  transcript: transcriptEvidenceSchema,
  /** Other sessions that hold the same (machine, flavor, token). */
  sharedWith: z.array(z.string()),
  /** A live run of another session that carries it. */
  heldElsewhere: holdSchema.nullable(),
  /**
   * The newest ended run that carried this very token, in whatever session; null where none is on record. `reason` is
   * what was said of its end.
   */
  lastRun: z
    .strictObject({
      runId: z.string(),
      outcome: runOutcomeSchema,
      endedAt: z.int(),
      reason: z.string().nullable(),
    })
    .nullable(),
})
export type TokenFacts = z.infer<typeof tokenFactsSchema>

/** Everything that a verdict looks at: what the store has on record, and who asks. */
export const resumeFactsSchema = z.strictObject({
  session: z.string(),
  /** The flavor that is asked for, or the session's own; null where the session names none. */
  flavor: z.string().nullable(),
  /** A live run of this session. */
  held: holdSchema.nullable(),
  /** Null: the session has no token of this flavor now. */
  token: tokenFactsSchema.nullable(),
  /** It has one, and what is stored of that can not be read. */
  tokenDamaged: z.boolean(),
  /** When its token was cleared, where it has none because of that. */
  clearedAt: z.int().nullable(),
  /** Where the conversation works; it is portable, the token is not. */
  workDir: z.string().nullable(),
  directory: directoryEvidenceSchema,
  /** Who would resume it. Null: whoever sits where the token was minted, in its own runtime. */
  claimant: z.strictObject({ machineId: z.string(), runtimeId: z.string().nullable() }).nullable(),
})
export type ResumeFacts = z.infer<typeof resumeFactsSchema>
