import type { Store } from '../../store/store.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import type { ApiHandlers } from './api-handler.ts'
import { tokensToHide } from './session-tokens.ts'
import { runAsSeen } from './verdict-as-seen.ts'

const USUAL_PAGE = 100

/** Every run that a session had. */
export function sessionRuns({ store }: { readonly store: Store }): ApiHandlers<'GET /api/sessions/:id/runs'> {
  return {
    async 'GET /api/sessions/:id/runs'({ caller, params, query: { limit = USUAL_PAGE, cursor } }) {
      const key = { namespace: caller.namespace, session: params.id }
      const page = await store.listRuns({ ...key, limit, cursor })
      if (page === null) return SESSION_NOT_FOUND
      const hidden = await tokensToHide(store, caller, key)
      return { runs: page.items.map((run) => runAsSeen(caller, run, hidden)), nextCursor: page.nextCursor }
    },
  }
}
