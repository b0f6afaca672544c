import type { SessionEndReason } from '../../protocol/up/session-end.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import { ACK_MS, type Write } from './write.ts'

const BYTES = 256

export interface EndWriteParts {
  readonly sid: string
  readonly time: number
  readonly reason: SessionEndReason | undefined
}

/**
 * Says that the session ended. That event has no ack; the ping after it, on the same connection, has one, and the hub
 * takes what a connection sends in order.
 */
export function endWrite({ sid, time, reason }: EndWriteParts): Write {
  const payload = { sid, time, ...(reason === undefined ? {} : { reason }) }
  return {
    touches: new Set(),
    bytes: BYTES,
    changesOn: () => null,
    next: () => (link) => {
      link.tell('session-end', payload)
      return link.ask('ping', undefined, ACK_MS)
    },
    answerIn: () => ({ kind: 'done', version: 0, changed: [] }),
    mismatched: () => new HoldfastError('internal', 'An end of a session has no version.'),
  }
}
