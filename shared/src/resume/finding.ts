import { type Objection, reasonOf, weightOf } from './objection.ts'
import { REASON_TEXTS } from './reason-texts.ts'
import type { Check, CheckId } from './verdict.ts'

/** What one check found: what is reported of it, and what it says against a resume. */
export interface Finding {
  readonly check: Check
  readonly objection: Objection | null
}

const seenAt = (at: number | null) => (at === null ? {} : { evidenceAt: at })

export function passes(id: CheckId, message: string, evidenceAt: number | null): Finding {
  return { check: { id, status: 'pass', message, ...seenAt(evidenceAt) }, objection: null }
}

/** It asks about a token, and there is none: nothing to say, for or against. */
export function withoutToken(id: CheckId): Finding {
  const message = 'There is no token, so there was nothing to look at.'
  return { check: { id, status: 'unknown', message }, objection: null }
}

interface Details {
  readonly evidenceAt: number | null
  /** In place of the texts of the reason, where the facts say more. */
  readonly message?: string
  readonly next?: string
}

export function objects(id: CheckId, objection: Objection, details: Details): Finding {
  const reason = reasonOf(objection)
  const { happened, todo } = REASON_TEXTS[reason]
  const { message = happened, next = todo, evidenceAt } = details
  const { status } = weightOf(objection)
  return { check: { id, status, reason, message, ...seenAt(evidenceAt), next }, objection }
}
