import { agentStateForReleasedClient } from '@holdfast/shared/protocol/released/agent-state-for-released-client'
import { updateStateRequest, type UpdateStateAck } from '@holdfast/shared/protocol/up/update-state'
import type { StateWritten } from '../../store/store.ts'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { writeState } from '../state/write-state.ts'
import { releasedWrite, type AtOnce } from './released-write.ts'

/** A whole agent state. */
export function updateState(desk: Desk): EventHandler {
  const { store, events } = desk.parts
  const message = { event: 'update-state', payload: updateStateRequest }
  return releasedWrite(desk, message, async (connection, { sid, expectedVersion, agentState }) => {
    const key = { namespace: connection.caller.namespace, session: sid }
    const outcome = await writeState(
      {
        expectedVersion,
        write: (value, expected) =>
          store.updateAgentState({ ...key, expectedVersion: expected, agentState: value }),
        read: async () => {
          const record = await store.readSession(key)
          return record === null ? null : { version: record.agentStateVersion, value: record.agentState }
        },
        committed: (written) => events.agentStateWritten(key, written, connection.id),
      },
      agentState,
    )
    if (outcome.kind === 'refused') return outcome
    connection.found('session', sid)
    return ackOf(outcome)
  })
}

function ackOf({ kind, version, value }: StateWritten): AtOnce<UpdateStateAck> {
  const agentState = agentStateForReleasedClient(value)
  return { result: kind === 'written' ? 'success' : kind, version, agentState }
}
