import { patchMetadataRequest } from '@holdfast/shared/protocol/up/patch-metadata'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { fieldsWrite } from './fields-write.ts'

export function patchMetadata(desk: Desk): EventHandler {
  const { store } = desk.parts
  const message = { event: 'patch-metadata', payload: patchMetadataRequest }
  return fieldsWrite(desk, message, ({ caller, actor }, request) => {
    const { sid: session, patch, expectedVersion, mutationId, reason } = request
    const { namespace } = caller
    return store.patchSessionMetadata({
      namespace,
      session,
      actor,
      patch,
      expectedVersion,
      mutationId,
      reason,
    })
  })
}
