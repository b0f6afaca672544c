import { clearResumeTokenRequest } from '@holdfast/shared/protocol/up/clear-resume-token'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { fieldsWrite } from './fields-write.ts'

export function clearResumeToken(desk: Desk): EventHandler {
  const { store } = desk.parts
  const message = { event: 'clear-resume-token', payload: clearResumeTokenRequest }
  return fieldsWrite(desk, message, ({ caller, actor }, request) => {
    const { sid: session, flavor, expectedToken, reason, mutationId } = request
    const { namespace } = caller
    return store.clearResumeToken({
      namespace,
      session,
      actor,
      flavor,
      expectedToken,
      reason,
      mutationId,
    })
  })
}
