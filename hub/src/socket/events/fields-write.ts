import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { FieldsAck } from '@holdfast/shared/protocol/up/fields-ack'
import type { z } from 'zod'
import type { VersionMismatch } from '../../sessions/decision.ts'
import type { FieldsWritten } from '../../store/store.ts'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import type { Arrived, EventHandler } from '../event-handler.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { claimVersion } from './claim-version.ts'
import { readRequest, type Message } from './read-request.ts'

type Outcome = FieldsWritten | VersionMismatch | Refusal

const OVERLOADED = refuse(
  'overloaded',
  `This connection has ${SOCKET_LIMITS.writes} writes waiting; this one was not looked at. Send it again shortly.`,
  { limit: SOCKET_LIMITS.writes, actual: SOCKET_LIMITS.writes + 1 },
)

/** The handler of a write of our own protocol: errors are told at once, each with its code. */
export function fieldsWrite<Schema extends z.ZodType<{ sid: string }>>(
  desk: Desk,
  message: Message<Schema>,
  write: (connection: Connection, request: z.infer<Schema>) => Promise<Outcome>,
): EventHandler {
  const carriedOut = async (connection: Connection, arrived: Arrived): Promise<Outcome> => {
    const request = readRequest(message, connection, arrived)
    if (request.kind === 'refused') return request
    const outcome = await write(connection, request.value)
    claimVersion(desk, connection, request.value.sid, outcome)
    return outcome
  }
  return async (connection, arrived) => {
    if (!desk.begin(connection)) return arrived.reply?.(errorAck(OVERLOADED))
    try {
      const outcome = await carriedOut(connection, arrived)
      if (outcome.kind === 'refused') desk.refused(outcome)
      else desk.counts.acks += 1
      arrived.reply?.(ackOf(outcome))
    } catch (error) {
      arrived.reply?.(errorAck(desk.failed(error)))
    } finally {
      desk.end(connection)
    }
  }
}

function ackOf(outcome: Outcome): FieldsAck {
  if (outcome.kind === 'refused') return errorAck(outcome)
  if (outcome.kind === 'version-mismatch')
    return { result: 'version-mismatch', version: outcome.version, conflicts: outcome.current }
  const { version, changed, kept, rebasedFrom } = outcome
  const rebased = rebasedFrom === undefined ? null : { rebasedFrom }
  return { result: 'success', version, changed: [...changed], kept: [...kept], ...rebased }
}

function errorAck({ kind: _kind, ...error }: Refusal): FieldsAck {
  return { result: 'error', ...error }
}
