import { z } from 'zod'
import { reasonSchema } from '../../records/ids.ts'

/** `POST /api/sessions/:id/archive` and `.../reopen`. Each is done once, however often it is sent. */
export const lifecycleBody = z.strictObject({ reason: reasonSchema.optional() })
export type LifecycleBody = z.infer<typeof lifecycleBody>
