import { z } from 'zod'
import { collaborationMode, copilotAgentMode, permissionMode } from '../released/modes.ts'

/**
 * A session as released clients read it. They validate the whole of it: one wrong member fails their call, and an
 * optional one that is null ends them. Only `model`, `modelReasoningEffort`, `effort`, `serviceTier`, `metadata` and
 * `agentState` may be null. `todos`, which the
 * released protocol knows, comes out of transcripts, of which the hub has none: it is always absent.
 */
export const session = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  seq: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  active: z.boolean(),
  activeAt: z.number(),
  metadata: z.unknown(),
  metadataVersion: z.int().positive(),
  agentState: z.unknown(),
  agentStateVersion: z.int().positive(),
  thinking: z.boolean(),
  thinkingAt: z.number(),
  model: z.string().nullable(),
  modelReasoningEffort: z.string().nullable(),
  effort: z.string().nullable(),
  serviceTier: z.string().nullable().optional(),
  permissionMode: permissionMode.optional(),
  collaborationMode: collaborationMode.optional(),
  copilotAgentMode: copilotAgentMode.optional(),
})
export type Session = z.infer<typeof session>

export const sessionAnswer = z.strictObject({ session })
export type SessionAnswer = z.infer<typeof sessionAnswer>
