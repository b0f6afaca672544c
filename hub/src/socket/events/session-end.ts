import { sessionEnd as payload } from '@holdfast/shared/protocol/up/session-end'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { sign } from './sign.ts'

export function sessionEnd(desk: Desk): EventHandler {
  const { presence } = desk.parts
  return sign(
    desk,
    { event: 'session-end', payload, scope: 'session', id: 'sid' },
    ({ caller, id }, { sid }) => presence.sessionEnded({ namespace: caller.namespace, session: sid }, id),
  )
}
