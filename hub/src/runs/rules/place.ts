/** Where a token is valid, as far as it is on record. */
export interface Place {
  readonly machineId: string | null
  readonly runtimeId: string | null
  readonly directory: string | null
}

/** All of it is on record, and the same: what an agent says there of the token is true of it. */
export function isSamePlace(one: Place, other: Place): boolean {
  return (
    isSame(one.machineId, other.machineId) &&
    isSame(one.runtimeId, other.runtimeId) &&
    isSame(one.directory, other.directory)
  )
}

/** What is not on record is the same as nothing. */
export function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one === other
}
