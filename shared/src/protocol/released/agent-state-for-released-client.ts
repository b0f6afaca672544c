import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../../metadata/json.ts'
import { releasedAgentState, releasedCompletedRequest, releasedRequest } from './agent-state.ts'
import { onlyAccepted, onlyMembers, typedMembers } from './typed-members.ts'

/** The maps of tool calls hold every call of a session: one that is wrong must not hide the ones that wait. */
const CALLS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['requests', releasedRequest],
  ['completedRequests', releasedCompletedRequest],
])

const aMap = z.custom((value) => value === null || isJsonObject(value))
const MEMBERS = typedMembers(
  releasedAgentState.extend({ requests: aMap.optional(), completedRequests: aMap.optional() }),
)

/** The same for a session's agent state. Of the two maps of tool calls only the wrong calls are left out. */
export function agentStateForReleasedClient(agentState: Json): JsonObject | null {
  const accepted = onlyAccepted(MEMBERS, agentState)
  if (accepted === null) return null
  const mended: JsonObject = {}
  for (const [name, type] of CALLS) {
    const calls = accepted[name]
    if (calls === undefined || !isJsonObject(calls)) continue
    const fitting = onlyMembers(calls, (call) => type.safeParse(call).success)
    if (fitting !== calls) mended[name] = fitting
  }
  return Object.keys(mended).length === 0 ? accepted : { ...accepted, ...mended }
}
