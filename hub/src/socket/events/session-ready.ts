import { sessionReady as payload } from '@holdfast/shared/protocol/up/session-ready'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { sign } from './sign.ts'

/** That a session's agent takes prompts is of no use to the hub, which sends none; the client is told if it is not there. */
export function sessionReady(desk: Desk): EventHandler {
  return sign(desk, { event: 'session-ready', payload, scope: 'session', id: 'sid' }, () => undefined)
}
