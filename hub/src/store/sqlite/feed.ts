import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import { heldField } from '../../sessions/plan.ts'
import { pageSize } from '../requests.ts'
import type { ChangeHead, FeedChange, FeedPage, ReadFeed } from '../store.ts'
import type { StoreCore } from './core.ts'
import { HEAVY_BYTES, JOURNAL_COLUMNS, journalEntry, type JournalRow } from './journal-rows.ts'
import type { EntryHead } from './recent-entries.ts'
import { selectFields } from './write-plan.ts'

/** What committed after a seq, in commit order, without a gap; or why the reader has to start from a snapshot. */
export function readFeed(core: StoreCore, request: ReadFeed): FeedPage {
  const { head, floor, key } = core.catalog.namespace(request.namespace) ?? { head: 0, floor: 0, key: 0 }
  const { epoch } = core
  const because = whyNotFrom(request, { epoch, head, floor })
  if (because !== null) return { kind: 'too_far_behind', because, epoch, floor, head }
  const { after, wants } = request
  const page = { namespace: key, after, head, limit: pageSize(request.limit) }
  const looked = wants === undefined ? readRows(core, page) : readWantedRows(core, page, wants)
  const { changes, through } = readableChanges(core, looked)
  // Where something before the damage was looked at, the reader gets as far as that, and is told with its next page.
  if (through === after && looked.through > after)
    return { kind: 'too_far_behind', because: 'damaged', epoch, floor, head }
  return { kind: 'changes', epoch, head, changes, through }
}

interface PageAsked {
  /** Its key in the database. */
  readonly namespace: number
  readonly after: number
  readonly head: number
  readonly limit: number
}

/** The entries that a page holds, and the last seq that was looked at for it. */
interface Looked {
  readonly rows: readonly JournalRow[]
  readonly through: number
}

/** Those before the first that can not be read. */
function readableChanges(
  core: StoreCore,
  { rows, through }: Looked,
): { changes: FeedChange[]; through: number } {
  const changes: FeedChange[] = []
  for (const row of rows) {
    const change = feedChangeOrDamage(core, row)
    if (change === null) return { changes, through: row.seq - 1 }
    changes.push(change)
  }
  return { changes, through }
}

function feedChangeOrDamage(core: StoreCore, row: JournalRow): FeedChange | null {
  try {
    return feedChange(core, row)
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'database_damaged') return null
    throw error
  }
}

/** Read in pieces until the page is full or heavy. */
function readRows(core: StoreCore, page: PageAsked): Looked {
  const rows: JournalRow[] = []
  let bytes = 0
  let through = page.after
  const last = Math.min(page.head, page.after + page.limit)
  while (through < last && bytes < HEAVY_BYTES) {
    const count = Math.min(PIECE, last - through)
    const piece = core.sql.get(SELECT_ENTRIES).all<JournalRow>(page.namespace, through, count)
    checkWhole(piece, through, count)
    for (const row of piece) {
      rows.push(row)
      bytes += row.changes.length
    }
    through += count
  }
  return { rows, through }
}

/** Looks at the heads first, so that what nobody wants costs neither its text nor its decoding. */
function readWantedRows(core: StoreCore, page: PageAsked, wants: (change: ChangeHead) => boolean): Looked {
  const rows: JournalRow[] = []
  let bytes = 0
  let through = page.after
  const last = Math.min(page.head, page.after + LOOK_AT_MOST)
  while (through < last) {
    const count = Math.min(PIECE, last - through)
    for (const { seq, session, version } of headsAfter(core, page.namespace, { seq: through, count })) {
      if (rows.length === page.limit || bytes >= HEAVY_BYTES) return { rows, through }
      if (wants({ session, version })) {
        const row = readEntry(core, page.namespace, seq)
        rows.push(row)
        bytes += row.changes.length
      }
      through = seq
    }
  }
  return { rows, through }
}

/** The newest are remembered by their writer. */
function headsAfter(
  { sql, catalog }: StoreCore,
  namespace: number,
  { seq, count }: { readonly seq: number; readonly count: number },
): readonly EntryHead[] {
  const recent = catalog.recent.after(namespace, seq, count)
  if (recent.length > 0) return recent
  const read = sql.get(SELECT_HEADS).all<EntryHead>(namespace, seq, count)
  checkWhole(read, seq, count)
  return read
}

function readEntry({ sql }: StoreCore, namespace: number, seq: number): JournalRow {
  const row = sql.get(SELECT_ENTRY).get<JournalRow>(namespace, seq)
  if (row === undefined) throw missing(seq)
  return row
}

/** A seq that is missing is damage, never passed over. */
function checkWhole(piece: readonly { seq: number }[], after: number, count: number): void {
  for (let at = 0; at < count; at += 1) {
    const seq = after + at + 1
    if (piece[at]?.seq !== seq) throw missing(seq)
  }
}

function missing(seq: number): HoldfastError {
  const message = `The journal has no entry ${seq}; restore the database from a backup.`
  return new HoldfastError('database_damaged', message)
}

/** A page of which little is wanted ends here, so that a reader far behind does not hold up the writers. */
const LOOK_AT_MOST = 2048

const PIECE = 32

const SELECT_ENTRIES = `
  select ${JOURNAL_COLUMNS} from journal j join session s on s.key = j.session
  where j.namespace = ? and j.seq > ? order by j.seq limit ?`

const SELECT_ENTRY = `
  select ${JOURNAL_COLUMNS} from journal j join session s on s.key = j.session where j.namespace = ? and j.seq = ?`

const SELECT_HEADS = `
  select j.seq, s.id as session, j.version from journal j join session s on s.key = j.session
  where j.namespace = ? and j.seq > ? order by j.seq limit ?`

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
    const held = heldField(stored.text)
    if ('damaged' in held) return true
    at.set[name] = held.value
    return false
  })
}
