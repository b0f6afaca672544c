import { z } from 'zod'
import { idSchema } from '../../records/ids.ts'
import { pageQuery } from './page-query.ts'

/** `GET /api/machines`, by their ids. */
export const machinesQuery = pageQuery.extend({ cursor: idSchema.optional() })
export type MachinesQuery = z.infer<typeof machinesQuery>

/** A machine as a list shows it; what its runner says of itself may be large, and is not in it. */
export const machineRow = z.strictObject({
  id: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Its runner is connected and says that it is alive. */
  active: z.boolean(),
  /** Null: not since the hub started. */
  activeAt: z.number().nullable(),
  metadata: z.unknown(),
  metadataVersion: z.int().positive(),
})
export type MachineRow = z.infer<typeof machineRow>

export const machinesAnswer = z.strictObject({
  machines: z.array(machineRow),
  nextCursor: z.string().nullable(),
})
export type MachinesAnswer = z.infer<typeof machinesAnswer>
