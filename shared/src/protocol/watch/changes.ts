import { z } from 'zod'
import { actorSchema } from '../../records/actor.ts'

/**
 * One committed change of a session. `set` holds whole values, resume tokens masked. Fields in `unavailable` were set
 * too, to a value that is too large to be told or was replaced since: read the session for it.
 */
export const watchedChange = z.strictObject({
  seq: z.int().positive(),
  sid: z.string(),
  version: z.int().positive(),
  set: z.record(z.string(), z.unknown()),
  removed: z.array(z.string()),
  unavailable: z.array(z.string()).optional(),
  actor: actorSchema,
  at: z.int(),
  reason: z.string().optional(),
})
export type WatchedChange = z.infer<typeof watchedChange>

/**
 * Hub to watcher: what was committed, in order and without a gap: the first `seq` is one more than the last one that it
 * was told. `head` is the newest when this was read. The next ones come after the ack.
 */
export const changes = z.strictObject({
  epoch: z.string(),
  changes: z.array(watchedChange).min(1),
  head: z.int().positive(),
})
export type Changes = z.infer<typeof changes>

/** Called without an argument, when the changes have been taken in. */
export const changesAck = z.undefined()
