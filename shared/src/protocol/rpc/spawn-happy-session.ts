import { z } from 'zod'
import { permissionMode } from '../released/modes.ts'

/**
 * Hub to a machine's runner: start an agent. `approvedNewDirectoryCreation` is always sent and always false: a runner
 * that is not told creates the directory, and a resume never does.
 */
export const spawnHappySessionParams = z.strictObject({
  type: z.literal('spawn-in-directory'),
  directory: z.string().min(1),
  agent: z.string().min(1),
  resumeSessionId: z.string().min(1).optional(),
  existingSessionId: z.string().min(1).optional(),
  sessionId: z.string().min(1).optional(),
  model: z.string().optional(),
  effort: z.string().optional(),
  permissionMode: permissionMode.optional(),
  approvedNewDirectoryCreation: z.literal(false),
})
export type SpawnHappySessionParams = z.infer<typeof spawnHappySessionParams>

/** The runner waits 15 s for the child before it answers. */
export const spawnHappySessionAnswer = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('success'), sessionId: z.string() }),
  z.looseObject({ type: z.literal('error'), errorMessage: z.string() }),
  z.looseObject({ type: z.literal('requestToApproveDirectoryCreation'), directory: z.string() }),
])
export type SpawnHappySessionAnswer = z.infer<typeof spawnHappySessionAnswer>
