import { z } from 'zod'
import { textSchema } from './ids.ts'

/**
 * What a token may do in its namespace, each what the one before may and more. `viewer` reads; `agent` also writes, as
 * command lines and runners do; `admin` also gives out and takes back the tokens of devices.
 */
export const ROLES = ['viewer', 'agent', 'admin'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

export const deviceNameSchema = textSchema(128, 1)

/** A device that was given a token of its own, bound to one namespace and one role. The token itself is kept nowhere. */
export const deviceRecordSchema = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  name: z.string(),
  role: roleSchema,
  createdAt: z.int(),
  /** Null: it was never used. Exact to about a minute. */
  lastUsedAt: z.int().nullable(),
  /** Null: it may be used. */
  revokedAt: z.int().nullable(),
})
export type DeviceRecord = z.infer<typeof deviceRecordSchema>
