import { z } from 'zod'

/**
 * Hub to a client with the feature `patches`, without ack, in place of `update-session`: one committed change. It is
 * applied when `version` is one more than the client's own; otherwise the client reads the session. `set` holds whole
 * values, `seq` and `at` are those of the journal.
 */
export const sessionPatched = z.strictObject({
  sid: z.string(),
  version: z.int().positive(),
  set: z.record(z.string(), z.unknown()),
  removed: z.array(z.string()),
  seq: z.int().positive(),
  at: z.int(),
})
export type SessionPatched = z.infer<typeof sessionPatched>
