import { z } from 'zod'
import { collaborationMode, copilotAgentMode, permissionMode, releasedFlavor } from '../released/modes.ts'

/**
 * Where and with what a session is resumed: the hub gives it out only with a verdict that allows a resume. A released
 * client starts the agent with the settings that it finds here, and refuses a target that names no machine.
 */
export const resumeTarget = z.strictObject({
  sessionId: z.string().min(1),
  flavor: releasedFlavor,
  directory: z.string().min(1),
  machineId: z.string().optional(),
  host: z.string().optional(),
  active: z.boolean(),
  thinking: z.boolean(),
  controlledByUser: z.boolean(),
  agentSessionId: z.string().min(1),
  model: z.string().nullable(),
  effort: z.string().nullable(),
  modelReasoningEffort: z.string().nullable(),
  serviceTier: z.string().nullable().optional(),
  permissionMode: permissionMode.optional(),
  collaborationMode: collaborationMode.optional(),
  copilotAgentMode: copilotAgentMode.optional(),
})
export type ResumeTarget = z.infer<typeof resumeTarget>

/** `GET /cli/sessions/:id/resume-target`; why there is none comes as an error body. */
export const resumeTargetAnswer = z.strictObject({ target: resumeTarget })
export type ResumeTargetAnswer = z.infer<typeof resumeTargetAnswer>
