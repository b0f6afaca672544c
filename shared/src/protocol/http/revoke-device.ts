import { z } from 'zod'
import { deviceRecordSchema } from '../../records/device.ts'

/** `DELETE /api/devices/:id`: its token and its connections end at once. A second time changes nothing. */
export const revokeDeviceAnswer = z.strictObject({ device: deviceRecordSchema })
export type RevokeDeviceAnswer = z.infer<typeof revokeDeviceAnswer>
