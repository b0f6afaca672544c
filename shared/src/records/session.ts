import { z } from 'zod'
import { sessionSettings } from '../protocol/session-settings.ts'
import { classedVerdictSchema } from '../resume/classed-verdict.ts'
import { jsonSchema } from './json-schema.ts'

/** A session as the store keeps it; what is live (connected, thinking) is not stored. */
export const sessionRecordSchema = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  tag: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  metadata: z.record(z.string(), jsonSchema),
  metadataVersion: z.int().positive(),
  /** Fields whose stored bytes do not parse; they are left out of `metadata`. */
  damaged: z.array(z.string()),
  /** Whether a person could resume it, as of the last change of anything that counts for it. */
  verdict: classedVerdictSchema,
  /** Null also where the stored bytes do not parse; then `agentStateDamaged` says so, and nothing overwrites them. */
  agentState: jsonSchema,
  agentStateDamaged: z.boolean(),
  agentStateVersion: z.int().positive(),
  /** What the session was last said to be set to. */
  settings: sessionSettings,
})
export type SessionRecord = z.infer<typeof sessionRecordSchema>

export const sessionSummarySchema = sessionRecordSchema.omit({
  agentState: true,
  agentStateDamaged: true,
  agentStateVersion: true,
  settings: true,
})
/** What a list shows of a session: the fields that were asked for, and no agent state. */
export type SessionSummary = z.infer<typeof sessionSummarySchema>

export const machineRecordSchema = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  metadata: jsonSchema,
  metadataVersion: z.int().positive(),
  runnerState: jsonSchema,
  runnerStateVersion: z.int().positive(),
})
export type MachineRecord = z.infer<typeof machineRecordSchema>
