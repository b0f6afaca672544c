import { patchMetadataRequest } from '@holdfast/shared/protocol/up/patch-metadata'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { fieldsWrite } from './fields-write.ts'

export function patchMetadata(desk: Desk): EventHandler {
  const { store } = desk.parts
  const message = { event: 'patch-metadata', payload: patchMetadataRequest }
  return fieldsWrite(desk, message, ({ caller, actor }, request) => {
    const { sid, patch, expectedVersion, mutationId, reason } = request
    const key = { namespace: caller.namespace, session: sid }
    return store.patchSessionMetadata({ ...key, actor, patch, expectedVersion, mutationId, reason })
  })
}
