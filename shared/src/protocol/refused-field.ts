import { z } from 'zod'

/**
 * A field of a write that was declined while the rest of it was taken. The table of codes grows, so a reader takes a
 * code that it does not know for a refusal like any other.
 */
export const refusedField = z.strictObject({ field: z.string(), code: z.string(), message: z.string() })
export type RefusedFieldMessage = z.infer<typeof refusedField>
