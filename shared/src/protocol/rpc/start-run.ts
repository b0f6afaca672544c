import { z } from 'zod'
import { sessionSettings } from '../session-settings.ts'

/**
 * Hub to a machine's runner: start an agent that resumes this token, in this directory, which is there. Nothing is made
 * for it: where the directory or the conversation is gone, the runner refuses. The wrapper that it starts reports to the
 * run, and ends its agent when the hub says that the run is lost.
 */
export const startRunParams = z.strictObject({
  sessionId: z.string().min(1),
  runId: z.string().min(1),
  flavor: z.string().min(1),
  token: z.string().min(1),
  directory: z.string().min(1),
  runtimeId: z.string().min(1).optional(),
  /**
   * What the session was last set to. A setting that the agent does not take any more is left out and keeps nobody from
   * resuming; the agent is never permitted more than `permissionMode` says.
   */
  settings: sessionSettings,
  /** The first thing to say to the agent. */
  prompt: z.string().min(1).optional(),
})
export type StartRunParams = z.infer<typeof startRunParams>

/** `accepted`: the runner takes care of the process from here on; whether the agent loads the token is told to the run. */
export const startRunAnswer = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('accepted') }),
  z.looseObject({ type: z.literal('refused'), code: z.string().optional(), message: z.string() }),
])
export type StartRunAnswer = z.infer<typeof startRunAnswer>
