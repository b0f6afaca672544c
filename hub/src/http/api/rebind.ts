import { actorOf } from '../../auth/caller.ts'
import type { Store } from '../../store/store.ts'
import type { ApiHandlers } from './api-handler.ts'
import { heldAnswer } from './held-answer.ts'
import { writtenAnswer } from './written-answer.ts'

/** A person says where a token belongs. */
export function rebind({ store }: { readonly store: Store }): ApiHandlers<'POST /api/sessions/:id/rebind'> {
  return {
    async 'POST /api/sessions/:id/rebind'({ caller, params, body: { runtimeId = null, ...said } }) {
      const key = { namespace: caller.namespace, session: params.id }
      const outcome = await store.rebindToken({ ...key, ...said, runtimeId, actor: actorOf(caller, 'http') })
      return outcome.kind === 'held' ? heldAnswer(outcome) : writtenAnswer(outcome)
    },
  }
}
