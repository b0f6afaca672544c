import { setImmediate as nextTurn } from 'node:timers/promises'
import { LIST_FIELDS } from '@holdfast/shared/metadata/list-fields'
import type { SessionSummary } from '@holdfast/shared/records/session'
import { fieldsOf, fits, type SessionFilter } from '../../sessions/session-filter.ts'
import { pageOf, pageSize } from '../requests.ts'
import type { ListSessions, Page } from '../store.ts'
import type { StoreCore } from './core.ts'
import { cursorNumber } from './rows.ts'
import { SESSION_COLUMNS, summary, tokensHad, type SessionRow } from './session-reads.ts'
import { selectFields } from './write-plan.ts'

/** How many sessions are looked at for one page at most, and how many before others have their turn. */
const LOOK_AT_MOST = 2000
const PIECE = 100

/** Newest first by creation: an order that no write changes, so that paging misses and repeats nothing. */
export function listSessions(core: StoreCore, request: ListSessions): Promise<Page<SessionSummary>> {
  if (request.filter !== undefined || request.wants !== undefined) return listWanted(core, request)
  return core.read(() => {
    const limit = pageSize(request.limit)
    const rows = rowsBelow(core, request.namespace, { below: cursorNumber(request.cursor), limit: limit + 1 })
    return pageOf(rows, limit, {
      item: (row) => shown(core, request, row),
      cursor: (row) => String(row.key),
    })
  })
}

/** Looks at them in pieces. A session of which little is wanted costs the reading of that and no more. */
async function listWanted(core: StoreCore, request: ListSessions): Promise<Page<SessionSummary>> {
  const limit = pageSize(request.limit)
  const items: SessionSummary[] = []
  let below = cursorNumber(request.cursor)
  for (let looked = 0; looked < LOOK_AT_MOST; looked += PIECE) {
    if (looked > 0) await nextTurn()
    const piece = await core.read(() => wantedIn(core, request, { below, room: limit - items.length }))
    items.push(...piece.items)
    if (piece.isLast) return { items, nextCursor: null }
    below = piece.through
    if (items.length === limit) break
  }
  return { items, nextCursor: String(below) }
}

interface Piece {
  readonly items: readonly SessionSummary[]
  /** The last one that was looked at. */
  readonly through: number
  readonly isLast: boolean
}

function wantedIn(core: StoreCore, request: ListSessions, at: { below: number; room: number }): Piece {
  const rows = rowsBelow(core, request.namespace, { below: at.below, limit: PIECE + 1 })
  const items: SessionSummary[] = []
  let through = at.below
  for (const row of rows.slice(0, PIECE)) {
    if (items.length === at.room) return { items, through, isLast: false }
    if (isWanted(core, request, row)) items.push(shown(core, request, row))
    through = row.key
  }
  return { items, through, isLast: rows.length <= PIECE }
}

function isWanted(core: StoreCore, request: ListSessions, row: SessionRow): boolean {
  const { namespace, filter, wants, shows } = request
  if (wants !== undefined && !wants(row.id)) return false
  if (filter === undefined) return true
  if (!fits(filter, lookedAt(core, { namespace, filter, row }))) return false
  const { words } = filter
  if (words === undefined || shows === undefined) return true
  // They may stand in what is hidden. All that is looked for is among the fields of a list.
  return fits({ words }, shown(core, { ...request, fields: LIST_FIELDS }, row))
}

function lookedAt(
  { sql }: StoreCore,
  { namespace, filter, row }: { namespace: string; filter: SessionFilter; row: SessionRow },
): SessionSummary {
  return summary(row, namespace, selectFields(sql, row.key, fieldsOf(filter)))
}

function shown(core: StoreCore, { namespace, fields, shows }: ListSessions, row: SessionRow): SessionSummary {
  const whole = summary(row, namespace, selectFields(core.sql, row.key, fields ?? LIST_FIELDS))
  return shows === undefined ? whole : shows(whole, () => tokensHad(core, row.key))
}

function rowsBelow(core: StoreCore, name: string, page: { below: number; limit: number }): SessionRow[] {
  const namespace = core.catalog.namespace(name)
  if (namespace === undefined) return []
  return core.sql
    .get(`select ${SESSION_COLUMNS} from session where namespace = ? and key < ? order by key desc limit ?`)
    .all<SessionRow>(namespace.key, page.below, page.limit)
}
