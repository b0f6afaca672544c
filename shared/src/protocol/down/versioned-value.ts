import { z } from 'zod'

/** A value and the version it belongs to; neither is ever told without the other. */
export const versionedValue = z.strictObject({ version: z.int().positive(), value: z.unknown() })
export type VersionedValue = z.infer<typeof versionedValue>
