import { z } from 'zod'
import { SESSION_SETTINGS } from '../session-settings.ts'

/**
 * Client to hub, every 2 s while a session runs, without ack. `time` is the client's clock, which may be a day off. The
 * settings it carries are stored; one of a type that the hub does not know is taken as not said, and the session is
 * alive all the same.
 */
export const sessionAlive = z.looseObject({
  sid: z.string(),
  time: z.number(),
  thinking: z.boolean(),
  mode: z.string().optional().catch(undefined),
  ...SESSION_SETTINGS,
})
export type SessionAlive = z.infer<typeof sessionAlive>
