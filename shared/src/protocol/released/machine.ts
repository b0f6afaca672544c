import { z } from 'zod'
import { releasedMachineMetadata } from './machine-metadata.ts'
import { releasedRunnerState } from './runner-state.ts'

const share = z.number().min(0).max(100).optional()

const health = z.strictObject({
  collectedAt: z.number(),
  cpuCount: z.int().positive().optional(),
  load1m: z.number().min(0).optional(),
  cpuPercent: share,
  memoryPercent: share,
  uptimeSeconds: z.number().min(0).optional(),
})

/** The machine that released clients accept in an answer: the reader's side of what `http/machine.ts` sends. */
export const releasedMachine = z.object({
  id: z.string(),
  namespace: z.string(),
  seq: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
  active: z.boolean(),
  activeAt: z.number(),
  metadata: releasedMachineMetadata.nullable(),
  metadataVersion: z.number(),
  runnerState: releasedRunnerState.nullable(),
  runnerStateVersion: z.number(),
  health: health.nullish(),
})
