import { actorSchema } from '@holdfast/shared/records/actor'
import { journalOpSchema, type JournalEntry } from '@holdfast/shared/records/journal'
import { decodeChanges } from '../../sessions/journal-text.ts'

export interface JournalRow {
  readonly seq: number
  readonly session: number
  readonly id: string
  readonly version: number
  readonly at: number
  readonly op: string
  readonly actor: string
  readonly reason: string | null
  readonly changes: string
}

/** The columns of a JournalRow, for `from journal j join session s on s.key = j.session`. */
export const JOURNAL_COLUMNS = 'j.seq, j.session, s.id, j.version, j.at, j.op, j.actor, j.reason, j.changes'

export function journalEntry(row: JournalRow): JournalEntry {
  return { ...entryHead(row), changes: decodeChanges(row.changes, String(row.seq)) }
}

export function entryHead(row: JournalRow): Omit<JournalEntry, 'changes'> {
  return {
    seq: row.seq,
    session: row.id,
    version: row.version,
    at: row.at,
    op: journalOpSchema.parse(row.op),
    actor: actorSchema.parse(JSON.parse(row.actor)),
    reason: row.reason,
  }
}

/** Rows are read in pieces until the page is full or heavy, so that a page of large entries stays bounded. */
const PIECE = 32
const HEAVY_BYTES = 1024 * 1024

export function readBounded<Row extends { readonly changes: string }>(
  limit: number,
  read: (last: Row | undefined, piece: number) => Row[],
): { rows: Row[]; more: boolean } {
  const rows: Row[] = []
  let bytes = 0
  while (rows.length < limit && bytes < HEAVY_BYTES) {
    const wanted = Math.min(PIECE, limit - rows.length)
    const piece = read(rows.at(-1), wanted)
    rows.push(...piece)
    bytes += piece.reduce((sum, row) => sum + row.changes.length, 0)
    if (piece.length < wanted) return { rows, more: false }
  }
  return { rows, more: true }
}
