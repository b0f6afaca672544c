import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ResumeTargetAnswer } from '@holdfast/shared/protocol/http/resume-target'
import type { Presence } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { Store } from '../store/store.ts'
import { maskedToken } from './masked-tokens.ts'
import { conversationOf, resumeTarget } from './resume-target.ts'
import type { FoundSession } from './session-asked.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'
import { verdictForReleased } from './verdict-for-released.ts'

export interface TargetParts {
  readonly store: Store
  readonly presence: Presence
  readonly log: Log
}

/** The target of one session, for a released client: it asks nobody about cautions, so they go into the log. */
export async function targetAsked(
  { store, presence, log }: TargetParts,
  { key, record }: FoundSession,
): Promise<ResumeTargetAnswer | Refusal> {
  const conversation = conversationOf(record)
  if (conversation.kind === 'refused') return conversation
  const verdict = await verdictForReleased(store, { key, conversation, heldBy: 'others' })
  if (verdict === null) return SESSION_NOT_FOUND
  const found = resumeTarget(record, presence.session(key), { conversation, verdict })
  if (found.kind === 'refused') return found
  const { decision, reason } = verdict
  const { target } = found
  if (decision === 'confirm') {
    const token = maskedToken(target.agentSessionId)
    log.warn('a token was given to a client that asks nobody, although a person should be asked', {
      session: target.sessionId,
      token,
      reason,
    })
  }
  return { target }
}
