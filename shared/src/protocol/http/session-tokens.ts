import { z } from 'zod'
import { tokenRecordSchema } from '../../records/token.ts'

/** `GET /api/sessions/:id/tokens`: every resume token that the session ever had, newest first. */
export const sessionTokensAnswer = z.strictObject({
  tokens: z.array(tokenRecordSchema),
  nextCursor: z.string().nullable(),
})
export type SessionTokensAnswer = z.infer<typeof sessionTokensAnswer>
