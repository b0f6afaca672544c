import type { Json } from '@holdfast/shared/metadata/json'
import { pageSize } from '../requests.ts'
import type { FeedChange, FeedPage, ReadFeed } from '../store.ts'
import type { StoreCore } from './core.ts'
import { journalEntry, JOURNAL_COLUMNS, readBounded, type JournalRow } from './journal-rows.ts'
import { selectFields } from './write-plan.ts'

/** What committed after a seq, in commit order, without a gap; or why the reader has to start from a snapshot. */
export function readFeed(core: StoreCore, request: ReadFeed): FeedPage {
  const { head, floor, key } = core.catalog.namespace(request.namespace) ?? { head: 0, floor: 0, key: 0 }
  const { epoch } = core
  const because = whyNotFrom(request, { epoch, head, floor })
  if (because !== null) return { kind: 'too_far_behind', because, epoch, floor, head }
  const statement = core.sql.get(
    `select ${JOURNAL_COLUMNS} from journal j join session s on s.key = j.session
     where j.namespace = ? and j.seq > ? order by j.seq limit ?`,
  )
  const { rows } = readBounded<JournalRow>(pageSize(request.limit), (last, piece) =>
    statement.all<JournalRow>(key, last?.seq ?? request.after, piece),
  )
  return { kind: 'changes', epoch, head, changes: rows.map((row) => feedChange(core, row)) }
}

function whyNotFrom(
  { after, epoch }: ReadFeed,
  at: { epoch: string; head: number; floor: number },
): 'epoch' | 'ahead' | 'pruned' | null {
  if (epoch !== undefined && epoch !== at.epoch) return 'epoch'
  if (after > at.head) return 'ahead'
  return after < at.floor ? 'pruned' : null
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
