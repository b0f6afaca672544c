import { z } from 'zod'
import { tagSchema } from '../../records/ids.ts'
import { SESSION_SETTINGS } from '../session-settings.ts'

/**
 * `POST /cli/sessions`: creates the session of this tag, or loads it, and then the rest of the body does not count. The
 * caller may choose the id, which must be a UUID. `machine` is the caller's machine, in the shape of `POST
 * /cli/machines`, for a hub that does not know it yet.
 */
export const createSessionBody = z.looseObject({
  tag: tagSchema,
  metadata: z.unknown(),
  agentState: z.unknown().optional(),
  model: SESSION_SETTINGS.model,
  effort: SESSION_SETTINGS.effort,
  modelReasoningEffort: SESSION_SETTINGS.modelReasoningEffort,
  id: z.guid().optional(),
  machine: z.unknown().optional(),
})
export type CreateSessionBody = z.infer<typeof createSessionBody>
