import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import { pageSize } from '../requests.ts'
import type { FeedChange, FeedPage, ReadFeed } from '../store.ts'
import type { StoreCore } from './core.ts'
import { HEAVY_BYTES, JOURNAL_COLUMNS, journalEntry, type JournalRow } from './journal-rows.ts'
import { selectFields } from './write-plan.ts'

/** What committed after a seq, in commit order, without a gap; or why the reader has to start from a snapshot. */
export function readFeed(core: StoreCore, request: ReadFeed): FeedPage {
  const { head, floor, key } = core.catalog.namespace(request.namespace) ?? { head: 0, floor: 0, key: 0 }
  const { epoch } = core
  const because = whyNotFrom(request, { epoch, head, floor })
  if (because !== null) return { kind: 'too_far_behind', because, epoch, floor, head }
  const rows = readRows(core, { namespace: key, after: request.after, limit: pageSize(request.limit) })
  const changes = readableChanges(core, rows)
  if (changes === null) return { kind: 'too_far_behind', because: 'damaged', epoch, floor, head }
  return { kind: 'changes', epoch, head, changes }
}

/** Null where the first of the rows can not be read; otherwise those before one that can not. */
function readableChanges(core: StoreCore, rows: readonly JournalRow[]): FeedChange[] | null {
  const changes: FeedChange[] = []
  for (const row of rows) {
    const change = feedChangeOrDamage(core, row)
    if (change === null) return changes.length === 0 ? null : changes
    changes.push(change)
  }
  return changes
}

function feedChangeOrDamage(core: StoreCore, row: JournalRow): FeedChange | null {
  try {
    return feedChange(core, row)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'database_damaged') return null
    throw error
  }
}

/** Read in pieces until the page is full or heavy. A seq that is missing is damage, never passed over. */
function readRows(core: StoreCore, page: { namespace: number; after: number; limit: number }): JournalRow[] {
  const rows: JournalRow[] = []
  let bytes = 0
  while (rows.length < page.limit && bytes < HEAVY_BYTES) {
    const wanted = Math.min(PIECE, page.limit - rows.length)
    const piece = core.sql
      .get(SELECT_ENTRIES)
      .all<JournalRow>(page.namespace, page.after + rows.length, wanted)
    for (const row of piece) {
      rows.push(row)
      bytes += row.changes.length
      if (row.seq !== page.after + rows.length) throw journalGap(page.after + rows.length)
    }
    if (piece.length < wanted) break
  }
  return rows
}

const PIECE = 32

const SELECT_ENTRIES = `
  select ${JOURNAL_COLUMNS} from journal j join session s on s.key = j.session
  where j.namespace = ? and j.seq > ? order by j.seq limit ?`

function journalGap(seq: number): HoldfastError {
  const message = `The journal has no entry ${seq}; restore the database from a backup.`
  return new HoldfastError('database_damaged', message)
}

function whyNotFrom(
  { after, epoch }: ReadFeed,
  at: { epoch: string; head: number; floor: number },
): 'epoch' | 'ahead' | 'pruned' | null {
  if (epoch !== undefined && epoch !== at.epoch) return 'epoch'
  if (after < at.floor) return 'pruned'
  // What is no seq was never given out, so its reader has to start again too.
  return Number.isInteger(after) && after <= at.head ? null : 'ahead'
}

function feedChange(core: StoreCore, row: JournalRow): FeedChange {
  const { changes, ...entry } = journalEntry(row)
  const set: { [field: string]: Json } = {}
  const removed: string[] = []
  const large: string[] = []
  for (const [name, change] of Object.entries(changes)) {
    if (change.afterLarge !== undefined) large.push(name)
    else if (change.after === undefined) removed.push(name)
    else set[name] = change.after
  }
  const unavailable = large.length === 0 ? [] : takeCurrent(core, { row, names: large, set })
  return { ...entry, set, removed, unavailable }
}

/** A large value is not in the journal; while nothing has overwritten it, it is still in its row. */
function takeCurrent(
  core: StoreCore,
  at: { row: JournalRow; names: readonly string[]; set: { [field: string]: Json } },
): string[] {
  const rows = selectFields(core.sql, at.row.session, at.names)
  return at.names.filter((name) => {
    const stored = rows.get(name)
    if (stored === undefined || stored.text === null || stored.version !== at.row.version) return true
    at.set[name] = JSON.parse(stored.text) as Json
    return false
  })
}
