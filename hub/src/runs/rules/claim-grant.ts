import type { Intent, Verdict } from '@holdfast/shared/resume/verdict'
import { checkIdSchema } from '@holdfast/shared/resume/verdict'
import { openCautions } from '@holdfast/shared/resume/open-cautions'

/** What a claim is given: the token, nothing, or first a question to the person who asked. */
export type Grant =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'unconfirmed' }

export function grantOf(verdict: Verdict, intent: Intent, acceptRisk: readonly string[]): Grant {
  const { decision, token } = verdict
  if (token === undefined || decision === 'fresh' || decision === 'blocked') return { kind: 'fresh' }
  if (decision === 'resume') return { kind: 'token', token }
  const accepted = acceptRisk.flatMap((id) => checkIdSchema.safeParse(id).data ?? [])
  const isAgreed = intent === 'operator' && openCautions(verdict, accepted).length === 0
  return isAgreed ? { kind: 'token', token } : { kind: 'unconfirmed' }
}
