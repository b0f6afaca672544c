import { z } from 'zod'
import { claimRunBody } from './claim-run.ts'

/**
 * `POST /cli/runs`: a run that began while the hub was away, and that nobody judged. It can not be refused for another
 * one in the same conversation; both are marked then.
 */
export const registerRunBody = claimRunBody
  .pick({
    key: true,
    flavor: true,
    machineId: true,
    runtimeId: true,
    holder: true,
    directory: true,
    metadata: true,
  })
  .extend({ runId: z.guid() })
export type RegisterRunBody = z.infer<typeof registerRunBody>
