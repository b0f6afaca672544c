import { z } from 'zod'
import { deviceNameSchema, deviceRecordSchema, roleSchema } from '../../records/device.ts'

/** `POST /api/devices`: gives out a token of its own, bound to the caller's namespace. */
export const addDeviceBody = z.strictObject({ name: deviceNameSchema, role: roleSchema })
export type AddDeviceBody = z.infer<typeof addDeviceBody>

/** The token is shown here and never again. */
export const addDeviceAnswer = z.strictObject({ device: deviceRecordSchema, token: z.string() })
export type AddDeviceAnswer = z.infer<typeof addDeviceAnswer>
