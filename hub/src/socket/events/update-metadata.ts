import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import { forReleasedClient } from '@holdfast/shared/protocol/released/for-released-client'
import { updateMetadataRequest, type UpdateMetadataAck } from '@holdfast/shared/protocol/up/update-metadata'
import type { ReplaceAnswer, VersionMismatch } from '../../sessions/decision.ts'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { isValueProblem } from '../metadata/is-value-problem.ts'
import { replaceWhatFits } from '../metadata/replace-what-fits.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { claimVersion } from './claim-version.ts'
import { releasedWrite, type AtOnce } from './released-write.ts'

/** A whole blob. What is wrong with a field of it costs that field, never the write. */
export function updateMetadata(desk: Desk): EventHandler {
  const { store } = desk.parts
  const message = { event: 'update-metadata', payload: updateMetadataRequest }
  return releasedWrite(desk, message, async (connection, request) => {
    const { caller, actor } = connection
    const { namespace } = caller
    const session = request.sid
    // Below every version, and so a mismatch: what the store does not take for a version is one for the client.
    const expectedVersion = Math.max(0, request.expectedVersion)
    const replace = async (metadata: unknown) => {
      const outcome = await store.updateSessionMetadata({
        namespace,
        session,
        actor,
        expectedVersion,
        metadata,
      })
      claimVersion(desk, connection, session, outcome)
      return outcome
    }
    const read = () => store.readSession({ namespace, session })
    const sent = request.metadata
    const whole = await replace(sent)
    const outcome =
      isValueProblem(whole) && isJsonObject(sent)
        ? await replaceWhatFits({ expectedVersion, read, replace }, { sent, refusal: whole })
        : whole
    return outcome.kind === 'refused' ? outcome : ackOf(outcome)
  })
}

function ackOf(outcome: ReplaceAnswer | VersionMismatch): AtOnce<UpdateMetadataAck> {
  const { kind, version } = outcome
  if (kind === 'version-mismatch') return { result: kind, version, metadata: shown(outcome.current) }
  const success = { result: 'success', version, metadata: shown(outcome.metadata) } as const
  if (outcome.refused.length === 0) return success
  return { ...success, refused: outcome.refused.slice(0, SOCKET_LIMITS.refusedFields) }
}

function shown(metadata: { readonly [field: string]: Json }): JsonObject | null {
  return forReleasedClient(metadata)
}
