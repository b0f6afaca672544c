import { z } from 'zod'
import { textSchema } from '../../records/ids.ts'
import { journalEntrySchema } from '../../records/journal.ts'
import { pageQuery } from './page-query.ts'

/** `GET /api/sessions/:id/history`, newest first; with `field`, of that field alone. */
export const sessionHistoryQuery = pageQuery
  .omit({ cursor: true })
  .extend({ before: pageQuery.shape.cursor, field: textSchema(256, 1).optional() })
export type SessionHistoryQuery = z.infer<typeof sessionHistoryQuery>

/** `nextCursor` is the `before` of what follows; null where the journal ends. */
export const sessionHistoryAnswer = z.strictObject({
  entries: z.array(journalEntrySchema),
  nextCursor: z.string().nullable(),
})
export type SessionHistoryAnswer = z.infer<typeof sessionHistoryAnswer>
