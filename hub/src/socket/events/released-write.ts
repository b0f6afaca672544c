import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ErrorAck } from '@holdfast/shared/protocol/up/error-ack'
import type { z } from 'zod'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import type { Arrived, EventHandler, Reply } from '../event-handler.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { readRequest, type Message } from './read-request.ts'

/** What is answered at once: everything that a released client does not send again by itself. */
export type AtOnce<Ack extends { readonly result: string }> = Exclude<Ack, { readonly result: 'error' }>

interface Answer {
  readonly result: 'success' | 'version-mismatch'
}

/** Refusals that have a word in the released protocol. */
const REASONS: { readonly [code: string]: ErrorAck['reason'] } = {
  session_not_found: 'not-found',
  machine_not_found: 'not-found',
  access_denied: 'access-denied',
}

const OVERLOADED = refuse('overloaded', 'This connection has too many writes waiting.')

/**
 * The handler of a write of the released protocol. Whatever its client would send again for ever is told a second late,
 * so that a client that can not be helped asks once a second and not as fast as it can.
 */
export function releasedWrite<Schema extends z.ZodType>(
  desk: Desk,
  message: Message<Schema>,
  write: (connection: Connection, request: z.infer<Schema>) => Promise<Answer | Refusal>,
): EventHandler {
  const declined = (refusal: Refusal): Refusal => {
    desk.refused(refusal)
    return refusal
  }
  /** Null where it was answered. */
  const attempt = async (connection: Connection, arrived: Arrived): Promise<Refusal | null> => {
    if (!desk.begin(connection)) return declined(OVERLOADED)
    try {
      const request = readRequest(message, connection, arrived)
      const outcome = request.kind === 'refused' ? request : await write(connection, request.value)
      if ('kind' in outcome) return declined(outcome)
      desk.counts.acks += 1
      arrived.reply?.(outcome)
      return null
    } catch (error) {
      return desk.failed(error)
    } finally {
      desk.end(connection)
    }
  }
  return async (connection, arrived) => {
    const refusal = await attempt(connection, arrived)
    if (refusal !== null && arrived.reply !== null)
      await replyLater(desk, connection, { refusal, reply: arrived.reply })
  }
}

async function replyLater(
  desk: Desk,
  connection: Connection,
  { refusal, reply }: { readonly refusal: Refusal; readonly reply: Reply },
): Promise<void> {
  if (connection.waitingErrors >= SOCKET_LIMITS.waitingErrors) {
    desk.counts.overLimit += 1
    return
  }
  connection.waitingErrors += 1
  try {
    await desk.parts.later(SOCKET_LIMITS.errorDelayMs)
    reply(errorAck(refusal))
  } finally {
    connection.waitingErrors -= 1
  }
}

function errorAck({ code }: Refusal): ErrorAck {
  const reason = REASONS[code]
  return reason === undefined ? { result: 'error' } : { result: 'error', reason }
}
