import { rpcUnregister as payload } from '@holdfast/shared/protocol/up/rpc-unregister'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { ownMethod } from './own-method.ts'

export function rpcUnregister(desk: Desk): EventHandler {
  const { registry } = desk.parts
  return ownMethod(desk, { event: 'rpc-unregister', payload }, ({ caller, id }, method) => {
    registry.unregister(caller.namespace, method, id)
    return null
  })
}
