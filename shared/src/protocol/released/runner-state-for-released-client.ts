import type { Json, JsonObject } from '../../metadata/json.ts'
import { releasedRunnerState } from './runner-state.ts'
import { onlyAccepted, typedMembers } from './typed-members.ts'

const MEMBERS = typedMembers(releasedRunnerState)

/** The same for a machine's runner state: null where there is no status. */
export function runnerStateForReleasedClient(runnerState: Json): JsonObject | null {
  return onlyAccepted(MEMBERS, runnerState)
}
