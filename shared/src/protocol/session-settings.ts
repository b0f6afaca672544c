import { z } from 'zod'
import { collaborationMode, copilotAgentMode, permissionMode } from './released/modes.ts'

/** A setting of a type that this hub does not know is taken as not said: it would break every client that reads it. */
function setting<Type extends z.ZodType>(type: Type) {
  return type.optional().catch(undefined)
}

/**
 * What a session is set to, as `session-alive` tells it and a session's answer shows it. Undefined says nothing; null is
 * the agent's own default.
 */
export const SESSION_SETTINGS = {
  model: setting(z.string().nullable()),
  modelReasoningEffort: setting(z.string().nullable()),
  effort: setting(z.string().nullable()),
  serviceTier: setting(z.string().nullable()),
  permissionMode: setting(permissionMode),
  collaborationMode: setting(collaborationMode),
  copilotAgentMode: setting(copilotAgentMode),
} as const

export const sessionSettings = z.object(SESSION_SETTINGS)
export type SessionSettings = z.infer<typeof sessionSettings>
