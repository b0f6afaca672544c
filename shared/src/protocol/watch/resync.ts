import { z } from 'zod'

/**
 * Hub to watcher: what follows the last `seq` that it has can not be told. It reads a snapshot and goes on: the changes
 * after `head` come next.
 */
export const resync = z.strictObject({
  because: z.enum(['pruned', 'epoch', 'ahead', 'damaged']),
  epoch: z.string(),
  floor: z.int().min(0),
  head: z.int().min(0),
})
export type Resync = z.infer<typeof resync>

/** Called without an argument. */
export const resyncAck = z.undefined()
