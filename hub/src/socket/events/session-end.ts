import { sessionEnd as payload } from '@holdfast/shared/protocol/up/session-end'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { sign } from './sign.ts'

export function sessionEnd(desk: Desk): EventHandler {
  const { parts, implicitRuns } = desk
  return sign(
    desk,
    { event: 'session-end', payload, scope: 'session', id: 'sid' },
    ({ caller, id, ownRun }, { sid, reason }) => {
      const session = { namespace: caller.namespace, session: sid }
      parts.presence.sessionEnded(session, id)
      // A client that knows its run says itself how that ended.
      if (ownRun === null) implicitRuns.ended(session, id, reason)
    },
  )
}
