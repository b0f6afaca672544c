import { actorOf } from '../../auth/caller.ts'
import type { Caller } from '../../auth/caller.ts'
import type { SessionKey, Store } from '../../store/store.ts'
import type { Actor } from '@holdfast/shared/records/actor'
import type { ApiHandlers } from './api-handler.ts'
import { writtenAnswer } from './written-answer.ts'

type Routes =
  | 'PATCH /api/sessions/:id/metadata'
  | 'POST /api/sessions/:id/restore'
  | 'POST /api/sessions/:id/clear-token'
  | 'POST /api/sessions/:id/put-back'

/** A session's metadata as people and other programs write it. */
export function sessionWrites({ store }: { readonly store: Store }): ApiHandlers<Routes> {
  return {
    'PATCH /api/sessions/:id/metadata': async ({ caller, params, body }) =>
      writtenAnswer(await store.patchSessionMetadata({ ...body, ...by(caller, params.id) })),
    'POST /api/sessions/:id/restore': async ({ caller, params, body }) =>
      writtenAnswer(await store.restoreSession({ ...body, ...by(caller, params.id) })),
    'POST /api/sessions/:id/clear-token': async ({ caller, params, body }) =>
      writtenAnswer(await store.clearResumeToken({ ...body, ...by(caller, params.id) })),
    'POST /api/sessions/:id/put-back': async ({ caller, params, body }) =>
      writtenAnswer(await store.putBackToken({ ...body, ...by(caller, params.id) })),
  }
}

function by(caller: Caller, session: string): SessionKey & { readonly actor: Actor } {
  return { namespace: caller.namespace, session, actor: actorOf(caller, 'http') }
}
