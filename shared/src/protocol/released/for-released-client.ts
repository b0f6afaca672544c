import type { Json, JsonObject } from '../../metadata/json.ts'
import { releasedSessionMetadata } from './session-metadata.ts'
import { onlyAccepted, typedMembers } from './typed-members.ts'

const MEMBERS = typedMembers(releasedSessionMetadata)

/**
 * A session's metadata as a released client may be sent it: without the fields that break their type, null where path
 * or host is missing. Nothing is copied where nothing offends. Such a client would otherwise keep its old value under
 * the new version, and erase the new value with its next write.
 */
export function forReleasedClient(metadata: Json): JsonObject | null {
  return onlyAccepted(MEMBERS, metadata)
}
