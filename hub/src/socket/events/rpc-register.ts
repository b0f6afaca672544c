import { rpcRegister as payload } from '@holdfast/shared/protocol/up/rpc-register'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { ownMethod } from './own-method.ts'

export function rpcRegister(desk: Desk): EventHandler {
  const { registry } = desk.parts
  return ownMethod(desk, { event: 'rpc-register', payload }, (connection, method) =>
    registry.register(connection.caller.namespace, method, connection),
  )
}
