import { z } from 'zod'
import { releasedAgentState } from './agent-state.ts'
import { collaborationMode, copilotAgentMode, permissionMode } from './modes.ts'
import { releasedSessionMetadata } from './session-metadata.ts'

const setting = z.string().nullish()

/**
 * The session that released clients accept in an answer, metadata and agent state included: the reader's side of what
 * `http/session.ts` sends. Their types of `todos` and `teamState` are not known here, so neither is ever sent.
 */
export const releasedSession = z.object({
  id: z.string(),
  namespace: z.string(),
  seq: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  active: z.boolean(),
  activeAt: z.number().nullish(),
  metadata: releasedSessionMetadata.nullable(),
  metadataVersion: z.number(),
  agentState: releasedAgentState.nullable(),
  agentStateVersion: z.number(),
  thinking: z.boolean(),
  thinkingAt: z.number(),
  activeTurnStartedAt: z.number().nullish(),
  hasConversationContent: z.boolean().optional(),
  pinned: z.boolean().optional(),
  globalPinned: z.boolean().optional(),
  backgroundTaskCount: z.number().optional(),
  todosUpdatedAt: z.number().optional(),
  teamStateUpdatedAt: z.number().optional(),
  todos: z.undefined().optional(),
  teamState: z.undefined().optional(),
  permissionMode: permissionMode.optional(),
  collaborationMode: collaborationMode.optional(),
  copilotAgentMode: copilotAgentMode.optional(),
  model: setting,
  modelReasoningEffort: setting,
  effort: setting,
  serviceTier: setting,
})
