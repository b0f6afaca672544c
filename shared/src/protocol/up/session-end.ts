import { z } from 'zod'

/** Why a session ended, as released clients say it. */
export const sessionEndReason = z.enum(['completed', 'terminated', 'error', 'cleared', 'handoff'])
export type SessionEndReason = z.infer<typeof sessionEndReason>

/**
 * Client to hub, without ack, before its last writes. A reason that the hub does not know is taken as none given: the
 * end itself is never lost for it.
 */
export const sessionEnd = z.looseObject({
  sid: z.string(),
  time: z.number(),
  reason: sessionEndReason.optional().catch(undefined),
})
export type SessionEnd = z.infer<typeof sessionEnd>
