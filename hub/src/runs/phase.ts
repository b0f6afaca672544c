import type { RunState } from '@holdfast/shared/records/run'
import { isLive, isUnconfirmed } from './run-life.ts'

/** `pending`: a resume whose agent has not confirmed the token. */
export type Phase = 'pending' | 'running' | 'over'

/** What a run's state means for its lease. */
export function phaseOf({ state }: { readonly state: RunState }): Phase {
  if (isUnconfirmed(state)) return 'pending'
  return isLive(state) ? 'running' : 'over'
}
