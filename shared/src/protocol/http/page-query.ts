import { z } from 'zod'

/** How many items a list shows at most in one answer. */
export const MOST_ITEMS = 1000

/** What every list of `/api` may be asked for: how many items, and where the list before it ended. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[0-9]{1,4}$/, `must be a number from 1 to ${MOST_ITEMS}`)
    .transform(Number)
    .pipe(z.int().min(1).max(MOST_ITEMS))
    .optional(),
  /** The `nextCursor` of the answer before. */
  cursor: z.string().min(1).max(128).optional(),
})
export type PageQuery = z.infer<typeof pageQuery>
