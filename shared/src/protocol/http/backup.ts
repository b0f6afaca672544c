import { z } from 'zod'
import { textSchema } from '../../records/ids.ts'

const MOST_CHARACTERS = 1024

/** `POST /api/backup`: an absolute path on the hub's machine, of a file that is not there yet. */
export const backupBody = z.strictObject({ file: textSchema(MOST_CHARACTERS, 1) })
export type BackupBody = z.infer<typeof backupBody>

/** The file is whole and durable. Its epoch is that of the store it was taken from. */
export const backupAnswer = z.strictObject({ file: z.string(), bytes: z.int(), epoch: z.string() })
export type BackupAnswer = z.infer<typeof backupAnswer>
