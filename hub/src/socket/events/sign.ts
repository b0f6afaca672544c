import type { z } from 'zod'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import { notThere, type Scope } from '../directory.ts'
import type { EventHandler } from '../event-handler.ts'
import { readRequest, type Message } from './read-request.ts'

/** A message about a session or a machine that asks for no ack. */
export interface SignMessage<Schema extends z.ZodType> extends Message<Schema> {
  readonly scope: Scope
  /** The member that says which one. */
  readonly id: 'sid' | 'machineId'
}

/** The handler of a sign of life: it is taken where its session or machine is in the sender's namespace. */
export function sign<Schema extends z.ZodType<{ sid: string } | { machineId: string }>>(
  desk: Desk,
  message: SignMessage<Schema>,
  take: (connection: Connection, sign: z.infer<Schema>) => void | Promise<void>,
): EventHandler {
  const { scope } = message
  return async (connection, arrived) => {
    if (!connection.signs.take()) {
      desk.counts.overLimit += 1
      return
    }
    arrived.reply?.()
    const id = textIn(arrived.payload, message.id)
    const request = readRequest(message, connection, arrived)
    if (request.kind === 'refused') return desk.complain(connection, { scope, id, refusal: request })
    const isThere = connection.directory.isKnown(scope, id) || (await connection.find(scope, id))
    // What is said after the end would never be taken back.
    if (!connection.isOpen) return
    if (isThere) return take(connection, request.value)
    desk.complain(connection, { scope, id, refusal: notThere(scope) })
  }
}

function textIn(payload: unknown, member: string): string {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, member)) return ''
  const text = (payload as { readonly [member: string]: unknown })[member]
  return typeof text === 'string' ? text : ''
}
