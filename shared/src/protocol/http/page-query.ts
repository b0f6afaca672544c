import { z } from 'zod'

/** How many items a list shows at most in one answer. */
export const MOST_ITEMS = 1000

/** How many items an answer is to hold at most, as an address writes it. */
export const limitInQuery = z
  .string()
  .regex(/^[0-9]{1,4}$/, `must be a number from 1 to ${MOST_ITEMS}`)
  .transform(Number)
  .pipe(z.int().min(1).max(MOST_ITEMS))
  .optional()

/** What every list of `/api` may be asked for: how many items, and where the list before it ended. */
export const pageQuery = z.strictObject({
  limit: limitInQuery,
  /** The `nextCursor` of the answer before. */
  cursor: z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be the nextCursor of the answer before')
    .optional(),
})
export type PageQuery = z.infer<typeof pageQuery>
