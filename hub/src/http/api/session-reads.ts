import type { SessionView } from '@holdfast/shared/protocol/http/session-view'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { SessionRecord } from '@holdfast/shared/records/session'
import { judge } from '@holdfast/shared/resume/judge'
import type { Presence } from '../../live/presence.ts'
import type { Page, SessionKey, Store } from '../../store/store.ts'
import { asSeenBy } from '../as-seen-by.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import type { ApiHandlers } from './api-handler.ts'
import { entryAsSeen } from './entry-as-seen.ts'
import { liveOf } from './live-of.ts'
import { tokenAsSeenBy, tokensToHide } from './session-tokens.ts'
import { runAsSeen, verdictAsSeen } from './verdict-as-seen.ts'

const TOKENS_SHOWN = 100
const RUNS_SHOWN = 20
const USUAL_PAGE = 100

type Routes = 'GET /api/sessions/:id' | 'GET /api/sessions/:id/tokens' | 'GET /api/sessions/:id/history'

export interface SessionReadsParts {
  readonly store: Store
  readonly presence: Presence
}

/** One session, and what it was before. */
export function sessionReads({ store, presence }: SessionReadsParts): ApiHandlers<Routes> {
  return {
    async 'GET /api/sessions/:id'({ caller, params }) {
      const key = { namespace: caller.namespace, session: params.id }
      const [record, facts, runs, tokens, hidden] = await Promise.all([
        store.readSession(key),
        store.readFacts(key),
        store.listRuns({ ...key, limit: RUNS_SHOWN }),
        store.tokenHistory({ ...key, limit: TOKENS_SHOWN }),
        tokensToHide(store, caller, key),
      ])
      if (record === null || facts === null || runs === null || tokens === null) return SESSION_NOT_FOUND
      return {
        session: viewOf(asSeenBy(caller, record, hidden), presence.session(key)),
        verdict: verdictAsSeen(caller, judge(facts, 'operator'), hidden),
        runs: runs.items.map((run) => runAsSeen(caller, run, hidden)),
        tokens: tokens.items.map((token) => tokenAsSeenBy(caller, token)),
      }
    },

    async 'GET /api/sessions/:id/tokens'({ caller, params, query: { limit = USUAL_PAGE, cursor } }) {
      const key = { namespace: caller.namespace, session: params.id }
      const page = await store.tokenHistory({ ...key, limit, cursor })
      if (page === null) return SESSION_NOT_FOUND
      const tokens = page.items.map((token) => tokenAsSeenBy(caller, token))
      return { tokens, nextCursor: page.nextCursor }
    },

    async 'GET /api/sessions/:id/history'({ caller, params, query }) {
      const key = { namespace: caller.namespace, session: params.id }
      const { limit = USUAL_PAGE, before, field } = query
      const page = await historyOf(store, { ...key, limit, cursor: before }, field)
      if (page === null) return SESSION_NOT_FOUND
      const hidden = await tokensToHide(store, caller, key)
      const entries = page.items.map((entry) => entryAsSeen(caller, entry, hidden))
      return { entries, nextCursor: page.nextCursor }
    },
  }
}

/** The history of one field is told like that of all: entries with the changes that were asked for. */
async function historyOf(
  store: Store,
  page: SessionKey & { readonly limit: number; readonly cursor: string | undefined },
  field: string | undefined,
): Promise<Page<JournalEntry> | null> {
  if (field === undefined) return store.sessionHistory(page)
  const found = await store.fieldHistory({ ...page, field })
  if (found === null) return null
  return {
    ...found,
    items: found.items.map(({ change, ...entry }) => ({ ...entry, changes: { [field]: change } })),
  }
}

function viewOf(record: SessionRecord, live: LiveSession): SessionView {
  const { id, tag, createdAt, updatedAt, metadata, metadataVersion, damaged, settings } = record
  const stored = { id, tag, createdAt, updatedAt, metadata, metadataVersion, damaged: [...damaged], settings }
  return { ...stored, ...liveOf(live) }
}
