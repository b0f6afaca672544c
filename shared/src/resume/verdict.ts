import { z } from 'zod'
import { reasonSchema } from './reasons.ts'

/** Who asks: a program that acts by itself, or a person who can be asked. */
export const INTENTS = ['auto', 'operator'] as const
export const intentSchema = z.enum(INTENTS)
export type Intent = z.infer<typeof intentSchema>

export const CHECK_IDS = [
  'flavor',
  'lease',
  'token',
  'transcript',
  'directory',
  'machine',
  'runtime',
  'last-run',
] as const
export const checkIdSchema = z.enum(CHECK_IDS)
export type CheckId = z.infer<typeof checkIdSchema>

export const checkSchema = z.strictObject({
  id: checkIdSchema,
  /** `caution`: a person is asked. `fail`: nobody gets the token. `unknown`: it could not be looked at. */
  status: z.enum(['pass', 'caution', 'fail', 'unknown']),
  /** Where it speaks against a resume; absent where it passes, and where there was no token to look at. */
  reason: reasonSchema.optional(),
  /** One plain sentence that says what was found. */
  message: z.string(),
  /** By the hub's clock: when somebody looked, or when it happened. */
  evidenceAt: z.int().optional(),
  /** What to do about it, in one sentence. */
  next: z.string().optional(),
})
export type Check = z.infer<typeof checkSchema>

/** `blocked`: there is nothing to decide now. `fresh`: begin a new conversation. `confirm`: a person must accept the cautions. */
export const DECISIONS = ['resume', 'confirm', 'fresh', 'blocked'] as const
export const decisionSchema = z.enum(DECISIONS)
export type ResumeDecision = z.infer<typeof decisionSchema>

export const verdictSchema = z.strictObject({
  decision: decisionSchema,
  /** That of the check that weighed most; absent where nothing did. */
  reason: reasonSchema.optional(),
  /** One sentence for people that sums it up. */
  message: z.string(),
  /** In the answer exactly where the decision is `resume` or `confirm`. */
  token: z.string().optional(),
  workDir: z.string().nullable(),
  /** All of them, in the order of `CHECK_IDS`. */
  checks: z.array(checkSchema),
})
export type Verdict = z.infer<typeof verdictSchema>

/**
 * What a list and the census say of a session: whether a person could resume it, without asking whether its machine can
 * be reached. `running`: it is leased. `none`: it never had a token.
 */
export const VERDICT_CLASSES = ['running', 'resumable', 'at_risk', 'lost', 'none'] as const
export const verdictClassSchema = z.enum(VERDICT_CLASSES)
export type VerdictClass = z.infer<typeof verdictClassSchema>
