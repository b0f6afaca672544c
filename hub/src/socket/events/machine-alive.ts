import { machineAlive as payload } from '@holdfast/shared/protocol/up/machine-alive'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { sign } from './sign.ts'

export function machineAlive(desk: Desk): EventHandler {
  const { presence } = desk.parts
  return sign(
    desk,
    { event: 'machine-alive', payload, scope: 'machine', id: 'machineId' },
    ({ caller, id }, { machineId }) =>
      presence.machineAlive({ namespace: caller.namespace, machine: machineId }, id),
  )
}
