import { printable } from '../../protocol/printable.ts'
import type { Hold, ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes } from '../finding.ts'

const andAnother = ({ contended }: Hold) =>
  contended ? ', and another program is, or was, in the same conversation meanwhile' : ''

/** Whether a run has the session, or the conversation by way of another session. */
export function checkLease({ held, token }: ResumeFacts): Finding {
  if (held !== null) {
    const message = `A run of this session is in progress${andAnother(held)}.`
    return objects('lease', 'session_held', { message, evidenceAt: held.since })
  }
  const elsewhere = token?.heldElsewhere ?? null
  if (elsewhere === null) return passes('lease', 'No run is in this conversation.', null)
  const message = `A run of session ${printable(elsewhere.session)} is in this conversation${andAnother(elsewhere)}.`
  return objects('lease', 'token_held', { message, evidenceAt: elsewhere.since })
}
