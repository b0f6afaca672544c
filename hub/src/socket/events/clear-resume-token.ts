import { clearResumeTokenRequest } from '@holdfast/shared/protocol/up/clear-resume-token'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { fieldsWrite } from './fields-write.ts'

export function clearResumeToken(desk: Desk): EventHandler {
  const { store } = desk.parts
  const message = { event: 'clear-resume-token', payload: clearResumeTokenRequest }
  return fieldsWrite(desk, message, ({ caller, actor }, request) => {
    const { sid, flavor, expectedToken, reason, mutationId } = request
    const key = { namespace: caller.namespace, session: sid }
    return store.clearResumeToken({ ...key, actor, flavor, expectedToken, reason, mutationId })
  })
}
