import { z } from 'zod'

/** Client to hub, without ack: the session's agent takes prompts. */
export const sessionReady = z.looseObject({ sid: z.string(), time: z.number() })
export type SessionReady = z.infer<typeof sessionReady>
