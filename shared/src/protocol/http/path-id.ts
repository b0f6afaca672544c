import { z } from 'zod'
import { idSchema } from '../../records/ids.ts'

/** The `:id` of a path. */
export const pathId = z.strictObject({ id: idSchema })
export type PathId = z.infer<typeof pathId>
