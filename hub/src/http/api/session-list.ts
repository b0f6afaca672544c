import type { SessionRow, SessionsQuery } from '@holdfast/shared/protocol/http/sessions'
import type { SessionSummary } from '@holdfast/shared/records/session'
import type { Presence } from '../../live/presence.ts'
import type { HadToken, ListSessions, Store } from '../../store/store.ts'
import { holdsToken, mayHoldToken, TokenMask, tokensIn } from '../masked-tokens.ts'
import type { ApiHandlers } from './api-handler.ts'
import { liveOf } from './live-of.ts'
import { tokenTexts } from './session-tokens.ts'

const USUAL_PAGE = 100

export interface SessionListParts {
  readonly store: Store
  readonly presence: Presence
}

export function sessionList({ store, presence }: SessionListParts): ApiHandlers<'GET /api/sessions'> {
  return {
    async 'GET /api/sessions'({ caller, query }) {
      const { namespace } = caller
      const { limit = USUAL_PAGE, cursor } = query
      const page = await store.listSessions({
        namespace,
        limit,
        cursor,
        shows: masked,
        ...wanted(namespace, query, presence),
      })
      return {
        sessions: page.items.map((summary) => rowOf(summary, presence)),
        nextCursor: page.nextCursor,
      }
    },
  }
}

/** Nothing where every session is wanted: such a list costs the store the least. */
function wanted(
  namespace: string,
  { state, flavor, machineId, verdict, q }: SessionsQuery,
  presence: Presence,
): Pick<ListSessions, 'filter' | 'wants'> {
  const isAlive = (session: string): boolean => presence.session({ namespace, session }).active
  const isFiltered = [state, flavor, machineId, verdict, q].some((part) => part !== undefined)
  const archived = state === undefined ? undefined : state === 'archived'
  return {
    ...(isFiltered ? { filter: { flavor, machineId, archived, verdict, words: q } } : {}),
    ...(state === 'active' ? { wants: isAlive } : {}),
    ...(state === 'inactive' ? { wants: (session) => !isAlive(session) } : {}),
  }
}

/** A list is looked at by people: whoever asks sees the beginnings of the resume tokens, also of earlier ones. */
function masked(session: SessionSummary, had: () => readonly HadToken[]): SessionSummary {
  const { tag, metadata } = session
  const present = tokensIn(metadata)
  const mask = new TokenMask(mayRepeatToken(session) ? [...present, ...had().flatMap(tokenTexts)] : present)
  return { ...session, tag: mask.text(tag), metadata: mask.members(metadata) }
}

/** Where a token has its own place, it is masked in any case. */
function mayRepeatToken({ tag, metadata }: SessionSummary): boolean {
  const texts = Object.entries(metadata).filter(
    ([name, value]) => !holdsToken(name) || typeof value !== 'string',
  )
  return [tag, Object.fromEntries(texts)].some(mayHoldToken)
}

function rowOf({ namespace, ...summary }: SessionSummary, presence: Presence): SessionRow {
  return { ...summary, ...liveOf(presence.session({ namespace, session: summary.id })) }
}
