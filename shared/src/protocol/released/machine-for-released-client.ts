import type { MachineRecord } from '../../records/session.ts'
import type { Machine } from '../http/machine.ts'
import { machineMetadataForReleasedClient } from './machine-metadata-for-released-client.ts'
import { runnerStateForReleasedClient } from './runner-state-for-released-client.ts'

/** What is known of a machine beside its record, by the hub's clock. Null: it was never seen alive. */
export interface LiveMachine {
  readonly active: boolean
  readonly activeAt: number | null
}

/** A machine as an answer shows it to a released client; `activeAt` is a number always. */
export function machineForReleasedClient(record: MachineRecord, live: LiveMachine): Machine {
  return {
    id: record.id,
    namespace: record.namespace,
    seq: 0,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    active: live.active,
    activeAt: live.activeAt ?? record.updatedAt,
    metadata: machineMetadataForReleasedClient(record.metadata),
    metadataVersion: record.metadataVersion,
    runnerState: runnerStateForReleasedClient(record.runnerState),
    runnerStateVersion: record.runnerStateVersion,
  }
}
