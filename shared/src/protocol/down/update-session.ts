import { z } from 'zod'
import { versionedValue } from './versioned-value.ts'

/**
 * Body of `update`: what a session's metadata or agent state is, whole, at a version. Null says nothing of that part. A
 * client passes over a version that is not higher than its own.
 */
export const updateSession = z.strictObject({
  t: z.literal('update-session'),
  sid: z.string(),
  metadata: versionedValue.nullable(),
  agentState: versionedValue.nullable(),
})
export type UpdateSession = z.infer<typeof updateSession>
