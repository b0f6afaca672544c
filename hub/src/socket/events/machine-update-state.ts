import { runnerStateForReleasedClient } from '@holdfast/shared/protocol/released/runner-state-for-released-client'
import {
  machineUpdateStateRequest,
  type MachineUpdateStateAck,
} from '@holdfast/shared/protocol/up/machine-update-state'
import type { StateWritten } from '../../store/store.ts'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import type { MachineTeller } from '../machine-teller.ts'
import { releasedWrite, type AtOnce } from './released-write.ts'
import { writeMachine } from './write-machine.ts'

/** A whole runner state. */
export function machineUpdateState(desk: Desk, teller: MachineTeller): EventHandler {
  const write = writeMachine(desk, teller, {
    part: 'runnerState',
    write: (request) => desk.parts.store.updateRunnerState(request),
    in: ({ runnerState, runnerStateVersion }) => ({ version: runnerStateVersion, value: runnerState }),
  })
  const message = { event: 'machine-update-state', payload: machineUpdateStateRequest }
  return releasedWrite(desk, message, async (connection, { runnerState, ...request }) => {
    const outcome = await write(connection, { ...request, value: runnerState })
    return outcome.kind === 'refused' ? outcome : ackOf(outcome)
  })
}

function ackOf({ kind, version, value }: StateWritten): AtOnce<MachineUpdateStateAck> {
  const runnerState = runnerStateForReleasedClient(value)
  return { result: kind === 'written' ? 'success' : kind, version, runnerState }
}
