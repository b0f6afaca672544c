import type { FieldRow, FieldRows, TokenMove, WriteContext, WritePlan } from '../../sessions/write.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import type { SqlValue } from './driver.ts'
import { pieces, type StatementCache } from './rows.ts'
import { learnToken } from './runs/learn-token.ts'
import { refreshVerdictAfter } from './verdict-column.ts'

const UPSERT_FIELDS = `
  insert into session_field (session, name, value, version, seq) values {list}
  on conflict (session, name) do update set value = excluded.value, version = excluded.version, seq = excluded.seq`

// A row stays where its field was first written, so that those of many sessions lie on as many pages, which every commit
// writes to the log whole. Those that always change are put together, behind all others.
const GATHER_FIELD = `
  update session_field set key = (select max(key) from session_field) + 1 where session = ? and name = ?`

const UPDATE_SESSION = `
  update session set metadata_version = ?, bytes = ?, keys = ?, updated_at = ?, seq = ? where key = ?`

const UPDATE_PROTECTED = 'update session set protected = ? where key = ?'

const INSERT_JOURNAL = `
  insert into journal (namespace, seq, session, version, previous, at, op, actor, reason, changes)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// A join with the wanted names finds each by the index, and needs no sorted copy of the list as `in` does.
const SELECT_FIELDS = `
  select f.name, f.value, f.version, f.seq
  from (values {list}) wanted cross join session_field f on f.session = ? and f.name = wanted.column1`
const SELECT_ALL_FIELDS = 'select name, value, version, seq from session_field where session = ?'

type StoredField = [name: string, value: string | null, version: number, seq: number]

/** The rows of the named fields, tombstones included. */
export function selectFields(
  sql: StatementCache,
  session: number,
  names: readonly string[] | 'all',
): FieldRows {
  const rows = new Map<string, FieldRow>()
  if (names === 'all') {
    addRows(rows, sql.get(SELECT_ALL_FIELDS).values(session))
    return rows
  }
  for (const piece of pieces(names)) {
    addRows(rows, sql.forList(SELECT_FIELDS, '(?)', piece.length).values(...piece, session))
  }
  return rows
}

/** The same inside a write, where what the writer remembers is true. */
export function fieldsForWrite(
  { sql, catalog: { fields } }: StoreCore,
  session: number,
  names: readonly string[] | 'all',
): FieldRows {
  if (names === 'all') return selectFields(sql, session, names)
  const rows = new Map<string, FieldRow>()
  const unknown: string[] = []
  for (const name of names) {
    const row = fields.row(session, name)
    if (row === undefined) unknown.push(name)
    else if (row !== null) rows.set(name, row)
  }
  const read = selectFields(sql, session, unknown)
  for (const name of unknown) fields.note(session, name, read.get(name) ?? null)
  for (const [name, row] of read) rows.set(name, row)
  return rows
}

function addRows(rows: Map<string, FieldRow>, stored: SqlValue[][]): void {
  for (const [name, text, version, seq] of stored as StoredField[]) rows.set(name, { text, version, seq })
}

/** Carries out an accepted write: its journal entry, its rows, its session's head and its token history. */
export function writePlan(
  core: StoreCore,
  session: KnownSession,
  plan: WritePlan,
  context: WriteContext,
): void {
  const { sql } = core
  const head = { ...plan.head, seq: writeJournal(core, session, plan, context) }
  const { version, seq } = head
  writeFields(core, session.key, plan.writes, { version, seq })
  sql.get(UPDATE_SESSION).run(head.version, head.bytes, head.keys, head.updatedAt, head.seq, session.key)
  if (head.protected !== session.head.protected || head.version === 1) {
    sql.get(UPDATE_PROTECTED).run(head.protected.join(' '), session.key)
  }
  for (const move of plan.tokens) writeTokenMove(core, session.key, move, context)
  session.head = head
  if (plan.tokens.some(({ kind }) => kind === 'arrives')) learnToken(core, session)
  refreshVerdictAfter(core, session, plan.writes)
}

function writeFields(
  { sql, catalog: { fields } }: StoreCore,
  session: number,
  writes: WritePlan['writes'],
  { version, seq }: { readonly version: number; readonly seq: number },
): void {
  for (const piece of pieces(writes)) {
    const params: SqlValue[] = []
    for (const { name, text } of piece) {
      params.push(session, name, text, version, seq)
      if (fields.wrote(session, name, { text, version, seq })) sql.get(GATHER_FIELD).run(session, name)
    }
    sql.forList(UPSERT_FIELDS, '(?, ?, ?, ?, ?)', piece.length).run(...params)
  }
}

function writeJournal(
  core: StoreCore,
  session: KnownSession,
  plan: WritePlan,
  context: WriteContext,
): number {
  const { namespace, key, head } = session
  const seq = namespace.head + 1
  namespace.head = seq
  namespace.journalBytes += Buffer.byteLength(plan.journal)
  namespace.dirty = true
  const actor = core.actors.textOf(context.actor)
  const { version } = plan.head
  core.sql
    .get(INSERT_JOURNAL)
    .run(
      namespace.key,
      seq,
      key,
      version,
      head.seq,
      context.now,
      plan.op,
      actor,
      context.reason,
      plan.journal,
    )
  core.catalog.recent.note(namespace.key, { seq, session: session.id, version })
  return seq
}

const TOKEN_LEAVES = `update resume_token set left_as = ?, left_at = ? where session = ? and flavor = ? and left_as = 'no'`

const TOKEN_REPAIRED = `update resume_token set paired = ? where session = ? and flavor = ? and left_as = 'no'`

/** What is not on record yet; never that of one machine beside another machine. */
function ofSameMachine(column: string): string {
  const isSame = 'machine_id is null or machine_id = excluded.machine_id'
  return `case when ${isSame} then coalesce(${column}, excluded.${column}) else ${column} end`
}

// Where a token was minted stays what it was, however often the session gets it back.
const TOKEN_ARRIVES = `
  insert into resume_token
    (session, flavor, value, paired, proof, left_as, machine_id, runtime_id, run, directory, set_by, first_at, at)
  values (?, ?, ?, ?, 'provisional', 'no', ?, ?, ?, ?, ?, ?, ?)
  on conflict (session, flavor, value) do update set
    paired = excluded.paired, left_as = 'no', left_at = null, set_by = excluded.set_by, at = excluded.at,
    machine_id = coalesce(machine_id, excluded.machine_id), runtime_id = ${ofSameMachine('runtime_id')},
    run = ${ofSameMachine('run')}, directory = ${ofSameMachine('directory')}`

function writeTokenMove(core: StoreCore, session: number, move: TokenMove, context: WriteContext): void {
  const { sql } = core
  const { actor, now } = context
  switch (move.kind) {
    case 'leaves':
      sql.get(TOKEN_LEAVES).run(move.left, now, session, move.flavor)
      return
    case 'repaired':
      sql.get(TOKEN_REPAIRED).run(move.paired, session, move.flavor)
      return
    case 'arrives': {
      const minted = [move.machineId, actor.runtime ?? null, actor.run ?? null, move.directory]
      sql
        .get(TOKEN_ARRIVES)
        .run(session, move.flavor, move.value, move.paired, ...minted, core.actors.textOf(actor), now, now)
    }
  }
}
