import { z } from 'zod'
import { LIMITS } from '../../metadata/limits.ts'
import { idSchema, runtimeIdSchema, tagSchema, textSchema } from '../../records/ids.ts'
import { holderSchema } from '../../records/run.ts'
import { directoryStateSchema, transcriptStateSchema } from '../../resume/evidence.ts'
import { reasonSchema } from '../../resume/reasons.ts'
import { checkIdSchema, checkSchema, intentSchema } from '../../resume/verdict.ts'
import { errorBody } from './error-body.ts'

/**
 * `POST /cli/claims`: somebody is about to run an agent for `key`, on this machine, and asks whether it is to go on with
 * the conversation. `key` is the session's tag. Chosen by the caller, `runId` makes the claim repeatable: the same one
 * again gives the same answer. A person who is shown cautions claims with `intent: 'operator'` and what he accepts.
 */
export const claimRunBody = z.strictObject({
  key: tagSchema,
  flavor: textSchema(128, 1),
  machineId: idSchema,
  runtimeId: runtimeIdSchema.nullable().optional(),
  runId: z.guid().optional(),
  holder: holderSchema.optional(),
  /** Where the agent will work if the session does not say where. */
  directory: textSchema(LIMITS.protectedBytes, 1).optional(),
  /** Of a session that is made; one that is there keeps its own. */
  metadata: z.unknown().optional(),
  /** What the claimant saw on its own disk. */
  evidence: z
    .strictObject({
      /** Whose transcript it is; without it, that of whatever token the session has. */
      token: textSchema(LIMITS.protectedBytes, 1).optional(),
      transcript: transcriptStateSchema.optional(),
      directory: directoryStateSchema.optional(),
    })
    .optional(),
  intent: intentSchema.default('auto'),
  acceptRisk: z.array(checkIdSchema).max(100).optional(),
})
export type ClaimRunBody = z.infer<typeof claimRunBody>

/** The run is open and its lease is held. Without a heartbeat for `leaseMs` it is over. */
export const claimRunAnswer = z.strictObject({
  sessionId: z.string(),
  runId: z.string(),
  leaseMs: z.int().positive(),
  /** Where the conversation works, whatever becomes of the token. */
  workDir: z.string().nullable(),
  resume: z.discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('resume'), token: z.string() }),
    z.strictObject({ decision: z.literal('fresh'), reason: reasonSchema, message: z.string() }),
  ]),
  checks: z.array(checkSchema),
})
export type ClaimRunAnswer = z.infer<typeof claimRunAnswer>

/** The 409 `confirmation_required`: a person has to accept what asks for it first. No run was opened. */
export const confirmationRequired = errorBody.extend({ checks: z.array(checkSchema) })
export type ConfirmationRequired = z.infer<typeof confirmationRequired>
