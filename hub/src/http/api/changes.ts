import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { Caller } from '../../auth/caller.ts'
import type { FeedChange, FeedPage, Store } from '../../store/store.ts'
import type { ApiHandlers, DetailedRefusal } from './api-handler.ts'
import { changeAsSeen } from './entry-as-seen.ts'
import { tokensToHide } from './session-tokens.ts'

const USUAL_PAGE = 100

/** The feed of a namespace, for those who ask now and then. */
export function changes({ store }: { readonly store: Store }): ApiHandlers<'GET /api/changes'> {
  return {
    async 'GET /api/changes'({ caller, query: { since = 0, epoch, limit = USUAL_PAGE } }) {
      const page = await store.readFeed({ namespace: caller.namespace, after: since, epoch, limit })
      if (page.kind === 'too_far_behind') return tooFarBehind(page)
      const { through, head } = page
      return { epoch: page.epoch, changes: await seen(store, caller, page.changes), through, head }
    },
  }
}

const BECAUSE = {
  pruned: 'What comes after it is not in the journal any more.',
  epoch: 'It was read before the database was restored from a backup.',
  ahead: 'The hub has not given it out yet.',
  damaged: 'An entry on the way can not be read.',
} as const

function tooFarBehind({
  because,
  epoch,
  floor,
  head,
}: Extract<FeedPage, { kind: 'too_far_behind' }>): DetailedRefusal {
  const message = `The changes can not be told from this seq on. ${BECAUSE[because]} Read the sessions, and go on after ${head}.`
  return {
    kind: 'detailed-refusal',
    refusal: refuse('too_far_behind', message),
    more: { because, epoch, floor, head },
  }
}

async function seen(store: Store, caller: Caller, page: readonly FeedChange[]): Promise<FeedChange[]> {
  const { namespace } = caller
  const hidden = new Map<string, readonly string[]>()
  for (const session of new Set(page.map((change) => change.session)))
    hidden.set(session, await tokensToHide(store, caller, { namespace, session }))
  return page.map((change) => changeAsSeen(caller, change, hidden.get(change.session) ?? []))
}
