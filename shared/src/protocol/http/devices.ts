import { z } from 'zod'
import { deviceRecordSchema } from '../../records/device.ts'

/** `GET /api/devices`, newest first; those that were revoked stay on the list. */
export const devicesAnswer = z.strictObject({
  devices: z.array(deviceRecordSchema),
  nextCursor: z.string().nullable(),
})
export type DevicesAnswer = z.infer<typeof devicesAnswer>
