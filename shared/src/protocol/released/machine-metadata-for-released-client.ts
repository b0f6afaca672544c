import type { Json, JsonObject } from '../../metadata/json.ts'
import { releasedMachineMetadata } from './machine-metadata.ts'
import { onlyAccepted, typedMembers } from './typed-members.ts'

const MEMBERS = typedMembers(releasedMachineMetadata)

/** The same for a machine's metadata: null where host, platform or the CLI's version is missing. */
export function machineMetadataForReleasedClient(metadata: Json): JsonObject | null {
  return onlyAccepted(MEMBERS, metadata)
}
