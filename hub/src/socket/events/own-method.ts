import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { readRpcMethod } from '@holdfast/shared/protocol/rpc/method'
import type { z } from 'zod'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import { notThere } from '../directory.ts'
import type { EventHandler } from '../event-handler.ts'
import { readRequest, type Message } from './read-request.ts'

const NOT_OWN = refuse(
  'access_denied',
  'A client answers calls only for the session or the machine that it named when it connected.',
)

/**
 * The handler of a message that names a method which the sender may answer: one of the session or machine that it speaks
 * for, if that is in its namespace. Registrations come in bursts on each connect and are never limited by their rate.
 */
export function ownMethod<Schema extends z.ZodType<{ method: string }>>(
  desk: Desk,
  message: Message<Schema>,
  take: (connection: Connection, method: string) => Refusal | null,
): EventHandler {
  return async (connection, arrived) => {
    arrived.reply?.()
    const request = readRequest(message, connection, arrived)
    if (request.kind === 'refused')
      return desk.complain(connection, { scope: 'session', id: '', refusal: request })
    const { method } = request.value
    const id = readRpcMethod(method)?.scope ?? method
    const scope = connection.scopeOf(id)
    if (scope === null) return desk.complain(connection, { scope: 'session', id, refusal: NOT_OWN })
    const isThere = connection.directory.isKnown(scope, id) || (await connection.find(scope, id))
    if (!connection.isOpen) return
    const refusal = isThere ? take(connection, method) : notThere(scope)
    if (refusal !== null) desk.complain(connection, { scope, id, refusal })
  }
}
