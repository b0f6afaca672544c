import type { ClassedVerdict } from './classed-verdict.ts'
import type { ResumeFacts } from './facts.ts'
import { judge } from './judge.ts'
import type { ResumeDecision, VerdictClass } from './verdict.ts'

const CLASSES: Readonly<Record<ResumeDecision, VerdictClass>> = {
  resume: 'resumable',
  confirm: 'at_risk',
  fresh: 'lost',
  blocked: 'lost',
}

/**
 * What a list and the census say of a session: judged for a person who would resume where the token was made. A
 * conversation that is in use by way of another session is running too, and not lost.
 */
export function verdictClass(facts: ResumeFacts): ClassedVerdict {
  const { decision, reason = null } = judge({ ...facts, claimant: null }, 'operator')
  if (facts.held !== null) return { class: 'running', reason: 'run_in_progress' }
  if (reason === 'run_in_progress') return { class: 'running', reason }
  const hadNone = facts.token === null && facts.clearedAt === null && !facts.tokenDamaged
  return { class: hadNone ? 'none' : CLASSES[decision], reason }
}
