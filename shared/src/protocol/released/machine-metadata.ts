import { z } from 'zod'

/** The machine metadata that released clients accept; none of its members may be null. */
export const releasedMachineMetadata = z.object({
  host: z.string(),
  platform: z.string(),
  happyCliVersion: z.string(),
  displayName: z.string().optional(),
  homeDir: z.string().optional(),
  happyHomeDir: z.string().optional(),
  happyLibDir: z.string().optional(),
  workspaceRoots: z.array(z.string()).optional(),
  capabilities: z.array(z.string()).optional(),
  startedCliMtimeMs: z.number().optional(),
  installedCliMtimeMs: z.number().optional(),
  supervisedRestart: z.boolean().optional(),
})
