import { agentOf } from '../../agents/registry.ts'
import { printable } from '../../protocol/printable.ts'
import type { ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes } from '../finding.ts'

/** Whether the agent is known: one that is not is never taken for another. */
export function checkFlavor({ flavor }: ResumeFacts): Finding {
  if (flavor === null) {
    const message = 'The session does not say which agent it belongs to.'
    return objects('flavor', 'unknown_flavor', { message, evidenceAt: null })
  }
  const agent = agentOf(flavor)
  if (agent !== undefined) return passes('flavor', `The agent is ${agent.label}.`, null)
  const message = `This version of Holdfast does not know the agent "${printable(flavor)}".`
  return objects('flavor', 'unknown_flavor', { message, evidenceAt: null })
}
