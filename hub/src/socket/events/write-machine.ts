import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { CommittedValue } from '@holdfast/shared/protocol/released/update-for-released-client'
import type { MachineRecord } from '@holdfast/shared/records/session'
import type { StateWritten, UpdateMachine } from '../../store/store.ts'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import type { MachinePart, MachineTeller } from '../machine-teller.ts'
import { writeState } from '../state/write-state.ts'

/** One of the two things that are written of a machine: how it is, and where it stands in the record. */
export interface PartOfMachine {
  readonly part: MachinePart
  readonly write: (request: UpdateMachine) => Promise<StateWritten | Refusal>
  readonly in: (record: MachineRecord) => CommittedValue
}

export interface MachineRequest {
  readonly machineId: string
  readonly expectedVersion: number
  readonly value: unknown
}

export type WriteMachine = (
  connection: Connection,
  request: MachineRequest,
) => Promise<StateWritten | Refusal>

/** Writes a part of a machine, and tells the machine's other connections. */
export function writeMachine(desk: Desk, teller: MachineTeller, of: PartOfMachine): WriteMachine {
  const { store } = desk.parts
  return async (connection, { machineId, expectedVersion, value }) => {
    const key = { namespace: connection.caller.namespace, machine: machineId }
    const outcome = await writeState(
      {
        expectedVersion,
        write: (storable, expected) => of.write({ ...key, expectedVersion: expected, value: storable }),
        read: async () => {
          const record = await store.readMachine(key)
          return record === null ? null : of.in(record)
        },
        committed: (written) => teller.written(key, of.part, written, connection.id),
      },
      value,
    )
    if (outcome.kind !== 'refused') connection.found('machine', machineId)
    return outcome
  }
}
