import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { shapeRefusal } from '@holdfast/shared/protocol/shape-refusal'
import type { z } from 'zod'
import type { Connection } from '../connection.ts'
import type { Arrived } from '../event-handler.ts'

/** One message of the protocol: the name of its event, and its payload. */
export interface Message<Schema extends z.ZodType> {
  readonly event: string
  readonly payload: Schema
}

export interface ReadRequest<Value> {
  readonly kind: 'request'
  readonly value: Value
}

const ACCESS_DENIED = refuse(
  'access_denied',
  'This takes a token with the role agent; the role of this one is viewer.',
)

/** What was sent, where the caller may send it and it has the shape of its message. */
export function readRequest<Schema extends z.ZodType>(
  { event, payload }: Message<Schema>,
  { mayWrite }: Connection,
  arrived: Arrived,
): ReadRequest<z.infer<Schema>> | Refusal {
  return mayWrite ? readPayload({ event, payload }, arrived) : ACCESS_DENIED
}

/** What was sent, where it has the shape of its message. */
export function readPayload<Schema extends z.ZodType>(
  { event, payload }: Message<Schema>,
  arrived: Arrived,
): ReadRequest<z.infer<Schema>> | Refusal {
  if (arrived.count > 1) {
    return refuse('invalid_request', `${event} takes one argument; ${arrived.count} were sent.`)
  }
  const parsed = payload.safeParse(arrived.payload)
  return parsed.success ? { kind: 'request', value: parsed.data } : shapeRefusal(event, parsed.error)
}
