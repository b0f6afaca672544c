import { z } from 'zod'

const agentConfigField = z.object({
  id: z.enum(['model', 'effort', 'permission', 'serviceTier', 'collaborationMode']),
  section: z.enum(['model', 'effort', 'permission', 'settings']),
  kind: z.enum(['select', 'grouped-select', 'dependent-select', 'status']),
  optionSource: z.enum(['static', 'machine', 'directory', 'session', 'model']).optional(),
  availability: z.enum(['create', 'session', 'both', 'managed']),
  unavailableReason: z.string().optional(),
})

const capabilities = z.object({
  codexSharedRuntime: z.literal(true).optional(),
  piExistingSessionResume: z.literal(true).optional(),
  agentConfigs: z
    .array(z.object({ flavor: z.string().min(1), fields: z.array(agentConfigField) }))
    .optional(),
})

const lastSpawnError = z.object({
  message: z.string(),
  at: z.number(),
  pid: z.number().optional(),
  exitCode: z.number().nullish(),
  signal: z.string().nullish(),
})

/** The runner state that released clients accept; the whole may be null. */
export const releasedRunnerState = z.object({
  status: z.string(),
  pid: z.number().optional(),
  httpPort: z.number().optional(),
  startedAt: z.number().optional(),
  shutdownRequestedAt: z.number().optional(),
  shutdownSource: z.string().optional(),
  lastSpawnError: lastSpawnError.nullish(),
  capabilities: capabilities.optional(),
})
