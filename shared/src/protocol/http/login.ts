import { z } from 'zod'
import { roleSchema } from '../../records/device.ts'

/** `POST /api/login`: a browser gives the token once, and is known by a cookie from then on. */
export const loginBody = z.strictObject({ token: z.string().min(1).max(1024) })
export type LoginBody = z.infer<typeof loginBody>

export const loginAnswer = z.strictObject({
  namespace: z.string(),
  role: roleSchema,
  /** Null for the root token. */
  device: z.string().nullable(),
  /** Until when the cookie is good. */
  expiresAt: z.int(),
})
export type LoginAnswer = z.infer<typeof loginAnswer>

/** `POST /api/logout`. */
export const logoutAnswer = z.strictObject({ ok: z.literal(true) })
export type LogoutAnswer = z.infer<typeof logoutAnswer>
