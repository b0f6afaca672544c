import { z } from 'zod'

/** What an agent may do without asking, in the words of released clients: for metadata and for the session alike. */
export const permissionMode = z.enum([
  'default',
  'acceptEdits',
  'auto',
  'bypassPermissions',
  'plan',
  'ask',
  'debug',
  'autoReview',
  'read-only',
  'safe-yolo',
  'yolo',
  'request-review',
  'always-proceed',
])
export type PermissionMode = z.infer<typeof permissionMode>

export const collaborationMode = z.enum(['default', 'plan'])
export type CollaborationMode = z.infer<typeof collaborationMode>

/** `fleet` is accepted; clients take it for `interactive`. */
export const copilotAgentMode = z.enum(['interactive', 'plan', 'autopilot', 'fleet'])
export type CopilotAgentMode = z.infer<typeof copilotAgentMode>

export const startingMode = z.enum(['local', 'remote', 'pty'])
export type StartingMode = z.infer<typeof startingMode>

/**
 * The flavors that released clients accept where a session is offered for a resume. It is a fact about those clients,
 * not our list of agents: one outside it is left out of what they are sent.
 */
export const releasedFlavor = z.enum([
  'agy',
  'claude',
  'codex',
  'dsh',
  'copilot',
  'cursor',
  'gemini',
  'grok',
  'kimi',
  'opencode',
  'pi',
])
export type ReleasedFlavor = z.infer<typeof releasedFlavor>
