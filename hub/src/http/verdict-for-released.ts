import { judge } from '@holdfast/shared/resume/judge'
import type { Verdict } from '@holdfast/shared/resume/verdict'
import type { SessionKey, Store } from '../store/store.ts'
import type { Conversation } from './resume-target.ts'

export interface ReleasedAsks {
  readonly key: SessionKey
  readonly conversation: Conversation
  /** Whether a run in the session stands in the way: only one that is not implicit, or none. */
  readonly heldBy: 'others' | 'nobody'
}

/**
 * May a released client resume this conversation? Judged as for a person who asks through it, on the machine of the
 * session, in a runtime that such a client does not name. Null: there is no such session.
 */
export async function verdictForReleased(
  store: Pick<Store, 'readFacts' | 'readRun'>,
  { key, conversation: { flavor, machineId }, heldBy }: ReleasedAsks,
): Promise<Verdict | null> {
  const facts = await store.readFacts({ ...key, flavor, claimant: { machineId, runtimeId: null } })
  if (facts === null) return null
  const { held } = facts
  if (held === null) return judge(facts, 'operator')
  const passes = heldBy === 'nobody' || (await isImplicit(store, key, held.runId))
  return judge(passes ? { ...facts, held: null } : facts, 'operator')
}

/** An implicit run is named as the holder only where no other kind of run is in the session. */
async function isImplicit(
  store: Pick<Store, 'readRun'>,
  { namespace }: SessionKey,
  run: string,
): Promise<boolean> {
  return (await store.readRun({ namespace, run }))?.kind === 'implicit'
}
