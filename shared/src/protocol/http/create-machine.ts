import { z } from 'zod'

/**
 * `POST /cli/machines`: registers a machine, or tells a known one what is new about it. A runner state that is null or
 * absent says nothing of the state.
 */
export const createMachineBody = z.looseObject({
  id: z.string().min(1),
  metadata: z.unknown(),
  runnerState: z.unknown().optional(),
})
export type CreateMachineBody = z.infer<typeof createMachineBody>
