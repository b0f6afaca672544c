import type { Json } from '../../metadata/json.ts'
import type { UpdateMachine } from '../down/update-machine.ts'
import type { UpdateSession } from '../down/update-session.ts'
import type { VersionedValue } from '../down/versioned-value.ts'
import { agentStateForReleasedClient } from './agent-state-for-released-client.ts'
import { forReleasedClient } from './for-released-client.ts'
import { machineMetadataForReleasedClient } from './machine-metadata-for-released-client.ts'
import { runnerStateForReleasedClient } from './runner-state-for-released-client.ts'

/** What was committed: a value and its version. */
export interface CommittedValue {
  readonly version: number
  readonly value: Json
}

/**
 * The body of an `update` that tells a released client of a session's change; null where there is nothing it may be
 * told. Metadata that it would not accept at all is not spoken of: it would keep its old value under the new version,
 * whereas so its next write is a mismatch, whose ack it takes.
 */
export function sessionUpdateForReleasedClient(
  sid: string,
  changed: { readonly metadata?: CommittedValue; readonly agentState?: CommittedValue },
): UpdateSession | null {
  const metadata = heldBack(changed.metadata, forReleasedClient)
  const agentState = told(changed.agentState, agentStateForReleasedClient)
  return metadata === null && agentState === null ? null : { t: 'update-session', sid, metadata, agentState }
}

/** The same for a machine's change. */
export function machineUpdateForReleasedClient(
  machineId: string,
  changed: { readonly metadata?: CommittedValue; readonly runnerState?: CommittedValue },
): UpdateMachine | null {
  const metadata = heldBack(changed.metadata, machineMetadataForReleasedClient)
  const runnerState = told(changed.runnerState, runnerStateForReleasedClient)
  return metadata === null && runnerState === null
    ? null
    : { t: 'update-machine', machineId, metadata, runnerState }
}

function told(committed: CommittedValue | undefined, accepted: (value: Json) => Json): VersionedValue | null {
  return committed === undefined ? null : { version: committed.version, value: accepted(committed.value) }
}

function heldBack(committed: CommittedValue | undefined, accepted: (value: Json) => Json) {
  const versioned = told(committed, accepted)
  return versioned === null || versioned.value === null ? null : versioned
}
