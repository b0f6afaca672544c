import type { RunEndedBy, RunState } from '@holdfast/shared/records/run'
import { isLive, NEXT } from '../run-life.ts'

/**
 * What a run's report is worth. `lapsed`: nobody heard from it for too long, and a report revives it. `closed`: it ended
 * by its own word, and only a token that was under way still counts. `lost`: somebody else has taken over, or it was
 * ended for good.
 */
export type Standing = 'live' | 'lapsed' | 'closed' | 'lost'

export interface Situation {
  readonly state: RunState
  readonly endedBy: RunEndedBy | null
  /** No run of its session began after it. */
  readonly isNewest: boolean
  /** No other live run is in its session or its conversation. */
  readonly isAlone: boolean
}

export function standingOf({ state, endedBy, isNewest, isAlone }: Situation): Standing {
  if (isLive(state)) return 'live'
  if (!isNewest || !isAlone) return 'lost'
  if (endedBy === 'report') return 'closed'
  const canRevive = NEXT[state].revived !== null && (endedBy === 'lease' || endedBy === 'holder')
  return canRevive ? 'lapsed' : 'lost'
}
