import type { VerdictQuery } from '@holdfast/shared/protocol/http/verdict'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import { judge } from '@holdfast/shared/resume/judge'
import type { Store } from '../../store/store.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import type { ApiHandlers } from './api-handler.ts'
import { tokensToHide } from './session-tokens.ts'
import { factsAsSeen, verdictAsSeen } from './verdict-as-seen.ts'

/** Whether a session's conversation may be resumed, and everything that speaks for and against it. */
export function verdicts({ store }: { readonly store: Store }): ApiHandlers<'GET /api/sessions/:id/verdict'> {
  return {
    async 'GET /api/sessions/:id/verdict'({ caller, params, query }) {
      const { intent = 'operator', flavor, runtimeId } = query
      const key = { namespace: caller.namespace, session: params.id }
      const known = await store.readFacts({ ...key, flavor })
      if (known === null) return SESSION_NOT_FOUND
      const facts = { ...known, claimant: claimantOf(known, runtimeId) }
      const hidden = await tokensToHide(store, caller, key)
      return {
        verdict: verdictAsSeen(caller, judge(facts, intent), hidden),
        facts: factsAsSeen(caller, facts, hidden),
      }
    },
  }
}

/** Whoever says a runtime sits on the machine of the token; where that is not on record there is nothing to compare. */
function claimantOf({ token }: ResumeFacts, runtimeId: VerdictQuery['runtimeId']): ResumeFacts['claimant'] {
  if (token === null || runtimeId === undefined) return null
  return { machineId: token.machineId ?? '', runtimeId }
}
