import { z } from 'zod'
import { textSchema } from '../../records/ids.ts'
import { journalEntrySchema } from '../../records/journal.ts'
import { jsonSchema } from '../../records/json-schema.ts'
import { errorBody } from './error-body.ts'
import { limitInQuery } from './page-query.ts'

/** `GET /api/changes`: everything that changed in the namespace after a seq, in the order in which it was committed. */
export const changesQuery = z.strictObject({
  /** The `through` of the answer before; from the beginning where it is left out. */
  since: z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be the through of the answer before')
    .transform(Number)
    .optional(),
  /** The `epoch` of the answer before. */
  epoch: textSchema(128, 1).optional(),
  limit: limitInQuery,
})
export type ChangesQuery = z.infer<typeof changesQuery>

/** One change of one session, with the whole values of the fields that it set. */
export const feedChange = journalEntrySchema.omit({ changes: true }).extend({
  set: z.record(z.string(), jsonSchema),
  removed: z.array(z.string()),
  /** Fields whose value was too large for the journal and is another one by now: read the session. */
  unavailable: z.array(z.string()),
})

/** Go on with `since` = `through` until that is `head`. A page may end early, even without a change. */
export const changesAnswer = z.strictObject({
  epoch: z.string(),
  changes: z.array(feedChange),
  through: z.int().min(0),
  head: z.int().min(0),
})
export type ChangesAnswer = z.infer<typeof changesAnswer>

/** The 410 `too_far_behind`: read the sessions, and go on with `since` = `head` of this `epoch`. */
export const changesGone = errorBody.extend({
  because: z.enum(['pruned', 'epoch', 'ahead', 'damaged']),
  epoch: z.string(),
  floor: z.int().min(0),
  head: z.int().min(0),
})
export type ChangesGone = z.infer<typeof changesGone>
