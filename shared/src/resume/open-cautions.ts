import type { Check, CheckId, Verdict } from './verdict.ts'

/**
 * What a person who gets `confirm` still has to accept: every check that asks one, but for those already accepted. With
 * any other decision there is nothing to accept: `resume` has none, and `fresh` and `blocked` are not a person's to change.
 */
export function openCautions(verdict: Verdict, accepted: readonly CheckId[]): readonly Check[] {
  if (verdict.decision !== 'confirm') return []
  return verdict.checks.filter(({ id, reason }) => reason !== undefined && !accepted.includes(id))
}
