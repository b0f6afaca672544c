import { z } from 'zod'

/** Hub to a machine's runner: which of these are directories? */
export const pathExistsParams = z.strictObject({ paths: z.array(z.string()) })
export type PathExistsParams = z.infer<typeof pathExistsParams>

/**
 * By path, without the blanks around it; a path of nothing but blanks is left out. False also stands for files and
 * unreadable paths: never "absent" on it alone.
 */
export const pathExistsAnswer = z.looseObject({ exists: z.record(z.string(), z.boolean()) })
export type PathExistsAnswer = z.infer<typeof pathExistsAnswer>
