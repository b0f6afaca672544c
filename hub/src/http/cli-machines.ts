import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import { createMachineBody } from '@holdfast/shared/protocol/http/create-machine'
import type { MachineAnswer } from '@holdfast/shared/protocol/http/machine'
import { machineForReleasedClient } from '@holdfast/shared/protocol/released/machine-for-released-client'
import { idSchema } from '@holdfast/shared/records/ids'
import type { MachineRecord } from '@holdfast/shared/records/session'
import { Hono } from 'hono'
import { answering } from './answering.ts'
import { STATE_BODY, type BodyReader, type BodyShape } from './body-reader.ts'
import type { DoorEnv } from './door-env.ts'
import type { HttpDoorParts } from './http-door.ts'

const BODY: BodyShape<typeof createMachineBody> = {
  ...STATE_BODY,
  schema: createMachineBody,
  repaired: ['metadata', 'runnerState'],
}

const MACHINE_NOT_FOUND = refuse('machine_not_found', 'There is no such machine.')
const NO_METADATA = refuse('invalid_metadata', 'Machine metadata must be a JSON object.', {
  field: 'metadata',
})

/** The machines of the released protocol. */
export function cliMachines({ store, presence }: HttpDoorParts, bodies: BodyReader): Hono<DoorEnv> {
  const shown = (record: MachineRecord): MachineAnswer => {
    const live = presence.machine({ namespace: record.namespace, machine: record.id })
    return { machine: machineForReleasedClient(record, live) }
  }
  return new Hono<DoorEnv>()
    .post(
      '/',
      answering<MachineAnswer>(async (c) => {
        const read = await bodies.read(c.req.raw, BODY)
        if (read.kind === 'refused') return read
        const { id, metadata, runnerState } = read.body
        if (!isJsonObject(metadata)) return NO_METADATA
        const { namespace } = c.get('caller')
        const made = await store.createOrLoadMachine({ namespace, id, metadata, runnerState })
        return 'kind' in made ? made : shown(made)
      }),
    )
    .get(
      '/:id',
      answering<MachineAnswer>(async (c) => {
        const id = idSchema.safeParse(c.req.param('id'))
        if (!id.success) return MACHINE_NOT_FOUND
        const { namespace } = c.get('caller')
        const record = await store.readMachine({ namespace, machine: id.data })
        return record === null ? MACHINE_NOT_FOUND : shown(record)
      }),
    )
}
