import { actorSchema } from '@holdfast/shared/records/actor'
import { journalOpSchema, type JournalEntry } from '@holdfast/shared/records/journal'
import { decodeChanges } from '../../sessions/journal-text.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { fromStored } from './stored.ts'

export interface JournalRow {
  readonly seq: number
  readonly session: number
  readonly id: string
  readonly version: number
  readonly previous: number
  readonly at: number
  readonly op: string
  readonly actor: string
  readonly reason: string | null
  readonly changes: string
}

/** The columns of a JournalRow, for `from journal j join session s on s.key = j.session`. */
export const JOURNAL_COLUMNS =
  'j.seq, j.session, s.id, j.version, j.previous, j.at, j.op, j.actor, j.reason, j.changes'

export function journalEntry(row: JournalRow): JournalEntry {
  return { ...entryHead(row), changes: decodeChanges(row.changes, String(row.seq)) }
}

export function entryHead(row: JournalRow): Omit<JournalEntry, 'changes'> {
  return fromStored(`The journal entry ${row.seq}`, () => ({
    seq: row.seq,
    session: row.id,
    version: row.version,
    at: row.at,
    op: journalOpSchema.parse(row.op),
    actor: actorSchema.parse(JSON.parse(row.actor)),
    reason: row.reason,
  }))
}

/** The entry at a seq, if it is this session's and was not pruned. */
export function entryAt(core: StoreCore, session: KnownSession, seq: number): JournalRow | undefined {
  const row = core.sql
    .get(
      `select ${JOURNAL_COLUMNS} from journal j join session s on s.key = j.session where j.namespace = ? and j.seq = ?`,
    )
    .get<JournalRow>(session.namespace.key, seq)
  return row?.session === session.key ? row : undefined
}

/** A page ends when it is full or heavy, so that a page of large entries stays bounded. */
export const HEAVY_BYTES = 1024 * 1024

/** Follows a chain of seqs from `start` until it ends or the page does; `next` is where the next page starts, 0 at the end. */
export function followChain(
  start: number,
  limit: number,
  step: (seq: number) => { row: JournalRow; next: number } | undefined,
): { rows: JournalRow[]; next: number } {
  const rows: JournalRow[] = []
  let bytes = 0
  let seq = start
  while (seq !== 0 && rows.length < limit && bytes < HEAVY_BYTES) {
    const found = step(seq)
    if (found === undefined) return { rows, next: 0 }
    rows.push(found.row)
    bytes += found.row.changes.length
    seq = found.next
  }
  return { rows, next: seq }
}
