import { actorOf } from '../../auth/caller.ts'
import type { ResumeInPlace } from '../../runs/resume-in-place.ts'
import type { ApiHandlers } from './api-handler.ts'
import { heldAnswer } from './held-answer.ts'

/** Brings a session's agent back. It goes on when whoever asked has hung up. */
export function resume({
  resumes,
}: {
  readonly resumes: ResumeInPlace
}): ApiHandlers<'POST /api/sessions/:id/resume'> {
  return {
    async 'POST /api/sessions/:id/resume'({ caller, params, body: { acceptRisk = [], prompt } }) {
      const key = { namespace: caller.namespace, session: params.id }
      const outcome = await resumes.resume({ ...key, actor: actorOf(caller, 'http'), acceptRisk, prompt })
      switch (outcome.kind) {
        case 'resumed':
          return { type: 'success', sessionId: outcome.session, runId: outcome.run }
        case 'held':
          return heldAnswer(outcome)
        case 'not-resumed':
          return { kind: 'detailed-refusal', refusal: outcome.refusal, more: outcome.more }
      }
    },
  }
}
