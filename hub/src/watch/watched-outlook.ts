import type { SessionFacts } from '@holdfast/shared/protocol/watch/facts'
import type { TokenFacts } from '@holdfast/shared/resume/facts'
import { maskedToken } from '../http/masked-tokens.ts'
import type { Judged } from '../store/run-store.ts'

/** What of a session's resume is told to watchers. */
export interface WatchedOutlook {
  readonly evidence: WatchedEvidence
  readonly verdict: NonNullable<SessionFacts['verdict']>
}

type WatchedEvidence = NonNullable<SessionFacts['evidence']>

export function watchedOutlook({ facts, verdict }: Judged): WatchedOutlook {
  const { flavor, token, directory } = facts
  const shown = flavor === null || token === null ? null : shownToken(flavor, token)
  return { evidence: { token: shown, directory }, verdict }
}

function shownToken(flavor: string, { value, proof, transcript }: TokenFacts): WatchedEvidence['token'] {
  return { flavor, value: maskedToken(value), proof, transcript }
}
