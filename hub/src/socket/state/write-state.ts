import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import { repairText } from '@holdfast/shared/protocol/released/repair-text'
import type { CommittedValue } from '@holdfast/shared/protocol/released/update-for-released-client'
import type { StateWritten } from '../../store/store.ts'
import { isValueProblem } from '../metadata/is-value-problem.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { hasMoreMembers } from './has-more-members.ts'
import { storableState } from './storable-state.ts'

/** A write of something that is replaced as a whole, always against the version that was asked for. */
export interface StateWriting {
  readonly expectedVersion: number
  readonly write: (value: unknown, expectedVersion: number) => Promise<StateWritten | Refusal>
  /** What is stored; null where there is no such thing. */
  readonly read: () => Promise<CommittedValue | null>
  /** Called in the continuation of the store's own promise, so in the order of the commits. */
  readonly committed: (value: CommittedValue) => void
}

/**
 * Stores a state, or as much of it as can be stored. Where nothing can, because of what was sent or because what is stored
 * can not be read, nothing changes and the answer is the state as it stands: a released client would send an error again
 * for ever.
 */
export async function writeState(writing: StateWriting, sent: unknown): Promise<StateWritten | Refusal> {
  if (sent !== null && !isJsonObject(sent)) return refuse('invalid_request', 'A state is an object or null.')
  // Below every version, and so a mismatch: what the store does not take for a version is one for the client.
  const expectedVersion = Math.max(0, writing.expectedVersion)
  const write = async (value: unknown) => {
    const outcome = await writing.write(value, expectedVersion)
    if (outcome.kind === 'written' && outcome.version !== expectedVersion) writing.committed(outcome)
    return outcome
  }
  const whole = await write(sent)
  const outcome =
    // Looking through each part of a state with more members would take the hub from everybody else.
    isValueProblem(whole) && sent !== null && !hasMoreMembers(sent, SOCKET_LIMITS.mendableMembers)
      ? await write(storableState(repairText(sent)))
      : whole
  if (!isValueProblem(outcome) && !isDamaged(outcome)) return outcome
  const current = await writing.read()
  if (current === null) return outcome
  return { kind: current.version === expectedVersion ? 'written' : 'version-mismatch', ...current }
}

function isDamaged(outcome: StateWritten | Refusal): boolean {
  return outcome.kind === 'refused' && outcome.code === 'field_damaged'
}
