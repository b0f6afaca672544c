import type { ResumeFacts, TokenFacts } from '../facts.ts'
import { type Finding, objects, passes, withoutToken } from '../finding.ts'
import type { Objection } from '../objection.ts'

type LastRun = NonNullable<TokenFacts['lastRun']>

/** Whether the last run that carried this token came to a good end. */
export function checkLastRun({ token }: ResumeFacts): Finding {
  if (token === null) return withoutToken('last-run')
  const { lastRun } = token
  if (lastRun === null) return objects('last-run', 'run_missing', { evidenceAt: null })
  const objection = objectionTo(lastRun)
  return objection === null
    ? passes('last-run', 'The last run with this token ended in success.', lastRun.endedAt)
    : objects('last-run', objection, { evidenceAt: lastRun.endedAt })
}

function objectionTo({ outcome, reason }: LastRun): Objection | null {
  switch (outcome) {
    case 'success':
      return null
    case 'failed':
      return reason === 'identity_mismatch' ? 'identity_mismatch' : 'run_failed'
    case 'cancelled':
      return 'run_cancelled'
    case 'interrupted':
      return 'run_interrupted'
  }
}
