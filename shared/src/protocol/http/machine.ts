import { z } from 'zod'

/** A machine as released clients read it. They validate the whole of it: one wrong member fails their call. */
export const machine = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  seq: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  active: z.boolean(),
  activeAt: z.number(),
  metadata: z.unknown(),
  metadataVersion: z.int().positive(),
  runnerState: z.unknown(),
  runnerStateVersion: z.int().positive(),
})
export type Machine = z.infer<typeof machine>

export const machineAnswer = z.strictObject({ machine })
export type MachineAnswer = z.infer<typeof machineAnswer>
