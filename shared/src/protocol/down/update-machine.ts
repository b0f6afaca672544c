import { z } from 'zod'
import { versionedValue } from './versioned-value.ts'

/**
 * Body of `update`: what a machine's metadata or runner state is, whole, at a version. Null says nothing of that part.
 * A client takes it whatever version it has, so these must be sent in order.
 */
export const updateMachine = z.strictObject({
  t: z.literal('update-machine'),
  machineId: z.string(),
  metadata: versionedValue.nullable(),
  runnerState: versionedValue.nullable(),
})
export type UpdateMachine = z.infer<typeof updateMachine>
