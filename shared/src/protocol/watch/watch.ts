import { z } from 'zod'
import { textSchema, versionSchema } from '../../records/ids.ts'

/**
 * Watcher to hub: tell me what is committed in my namespace. With the last `seq` that it has, and the epoch in which it
 * has it, it is told of every later change first; `since: 0` needs no epoch. Without them it is told of what comes from
 * here on. A second one on the same connection changes nothing.
 */
export const watchRequest = z
  .strictObject({ since: versionSchema.optional(), epoch: textSchema(128, 1).optional() })
  .refine(({ since, epoch }) => epoch !== undefined || since === undefined || since === 0, {
    path: ['epoch'],
    message: 'must be that in which "since" was read',
  })
  .refine(({ since, epoch }) => since !== undefined || epoch === undefined, {
    path: ['since'],
    message: 'must be there with "epoch"',
  })
export type WatchRequest = z.infer<typeof watchRequest>

/** Where the feed is: its newest `seq`, and the last that is pruned. Changes come after it. */
export const watchAck = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('success'),
    epoch: z.string(),
    head: z.int().min(0),
    floor: z.int().min(0),
  }),
  z.strictObject({
    result: z.literal('error'),
    code: z.string(),
    message: z.string(),
    field: z.string().optional(),
  }),
])
export type WatchAck = z.infer<typeof watchAck>
