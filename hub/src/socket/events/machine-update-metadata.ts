import { machineMetadataForReleasedClient } from '@holdfast/shared/protocol/released/machine-metadata-for-released-client'
import {
  machineUpdateMetadataRequest,
  type MachineUpdateMetadataAck,
} from '@holdfast/shared/protocol/up/machine-update-metadata'
import type { StateWritten } from '../../store/store.ts'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import type { MachineTeller } from '../machine-teller.ts'
import { releasedWrite, type AtOnce } from './released-write.ts'
import { writeMachine } from './write-machine.ts'

/** A whole machine metadata. */
export function machineUpdateMetadata(desk: Desk, teller: MachineTeller): EventHandler {
  const write = writeMachine(desk, teller, {
    part: 'metadata',
    write: (request) => desk.parts.store.updateMachineMetadata(request),
    in: ({ metadata, metadataVersion }) => ({ version: metadataVersion, value: metadata }),
  })
  const message = { event: 'machine-update-metadata', payload: machineUpdateMetadataRequest }
  return releasedWrite(desk, message, async (connection, { metadata, ...request }) => {
    const outcome = await write(connection, { ...request, value: metadata })
    return outcome.kind === 'refused' ? outcome : ackOf(outcome)
  })
}

function ackOf({ kind, version, value }: StateWritten): AtOnce<MachineUpdateMetadataAck> {
  const metadata = machineMetadataForReleasedClient(value)
  return { result: kind === 'written' ? 'success' : kind, version, metadata }
}
