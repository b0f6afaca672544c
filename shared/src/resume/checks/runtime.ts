import type { ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes, withoutToken } from '../finding.ts'

/** Whether the token would be resumed in the runtime that it is valid in. */
export function checkRuntime({ token, claimant }: ResumeFacts): Finding {
  if (token === null) return withoutToken('runtime')
  const { runtimeId, at: evidenceAt } = token
  if (runtimeId === null) {
    const message = 'The runtime in which the token was made is not on record.'
    return objects('runtime', 'runtime_unknown', { message, evidenceAt })
  }
  if (claimant === null)
    return passes('runtime', 'The token would be resumed in the runtime in which it was made.', evidenceAt)
  if (claimant.runtimeId === null) {
    const message = 'The one who asks does not say in which runtime the token would be resumed.'
    return objects('runtime', 'runtime_unknown', { message, evidenceAt })
  }
  return claimant.runtimeId === runtimeId
    ? passes('runtime', 'The token was made in the runtime that asks.', evidenceAt)
    : objects('runtime', 'runtime_changed', { evidenceAt })
}
