import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { SessionRecord, SessionSummary } from '@holdfast/shared/records/session'
import { tokenRecordSchema, type TokenRecord } from '@holdfast/shared/records/token'
import type { Reason } from '@holdfast/shared/resume/reasons'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { decodeChanges, seqBefore } from '../../sessions/journal-text.ts'
import { documentAfter, heldField, heldFields } from '../../sessions/plan.ts'
import type { FieldRows } from '../../sessions/write.ts'
import { pageOf, pageSize } from '../requests.ts'
import type {
  FieldHistoryEntry,
  HadToken,
  HistoryOfField,
  HistoryOfSession,
  Page,
  SessionKey,
  TokenIdentity,
} from '../store.ts'
import type { StoreCore } from './core.ts'
import { entryAt, entryHead, followChain, journalEntry } from './journal-rows.ts'
import { cursorNumber } from './rows.ts'
import { settingsOf } from './settings-text.ts'
import { fromStored } from './stored.ts'
import { selectFields } from './write-plan.ts'

export interface SessionRow {
  readonly key: number
  readonly id: string
  readonly tag: string
  readonly metadataVersion: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly verdict: VerdictClass
  /** Empty where nothing speaks against a resume. */
  readonly verdictReason: Reason | ''
}

export const SESSION_COLUMNS = `key, id, tag, metadata_version as metadataVersion, created_at as createdAt,
  updated_at as updatedAt, verdict, verdict_reason as verdictReason`

const SELECT_BESIDE = `
  select a.value, a.version, t.value as settings
  from agent_state a left join session_settings t on t.session = a.session where a.session = ?`

export function readSessionRecord(core: StoreCore, { namespace, session }: SessionKey): SessionRecord | null {
  const { sql, catalog } = core
  const known = catalog.session(namespace, session)
  if (known === undefined) return null
  const row = sql.get(`select ${SESSION_COLUMNS} from session where key = ?`).get<SessionRow>(known.key)
  if (row === undefined) return null
  const beside = sql
    .get(SELECT_BESIDE)
    .get<{ value: string | null; version: number | null; settings: string | null }>(known.key)
  return {
    ...summary(row, namespace, selectFields(sql, known.key, 'all')),
    ...agentStateOf(beside?.value ?? 'null'),
    agentStateVersion: beside?.version ?? 1,
    settings: settingsOf(beside?.settings ?? null),
  }
}

/** The session's tokens stay readable whatever has happened to its agent state. */
function agentStateOf(text: string): Pick<SessionRecord, 'agentState' | 'agentStateDamaged'> {
  const field = heldField(text)
  return 'value' in field
    ? { agentState: field.value, agentStateDamaged: false }
    : { agentState: null, agentStateDamaged: true }
}

export function summary(
  { key: _key, verdict, verdictReason, ...row }: SessionRow,
  namespace: string,
  rows: FieldRows,
): SessionSummary {
  const held = heldFields(rows)
  const damaged = [...held].flatMap(([name, field]) => ('damaged' in field ? [name] : []))
  const classed = { class: verdict, reason: verdictReason === '' ? null : verdictReason }
  return { ...row, namespace, metadata: documentAfter(held, []), damaged, verdict: classed }
}

export function sessionHistory(core: StoreCore, request: HistoryOfSession): Page<JournalEntry> | null {
  const known = core.catalog.session(request.namespace, request.session)
  if (known === undefined) return null
  const { rows, next } = followChain(startOf(request, known.head.seq), pageSize(request.limit), (seq) => {
    const row = entryAt(core, known, seq)
    return row === undefined ? undefined : { row, next: row.previous }
  })
  return { items: rows.map(journalEntry), nextCursor: cursorAt(next) }
}

/** Each change of a field names the entry that had set it before. */
export function fieldHistory(core: StoreCore, request: HistoryOfField): Page<FieldHistoryEntry> | null {
  const known = core.catalog.session(request.namespace, request.session)
  if (known === undefined) return null
  const { field } = request
  const newest = selectFields(core.sql, known.key, [field]).get(field)?.seq ?? 0
  const { rows, next } = followChain(startOf(request, newest), pageSize(request.limit), (seq) => {
    const row = entryAt(core, known, seq)
    return row === undefined ? undefined : { row, next: seqBefore(row.changes, field, String(seq)) }
  })
  const items = rows.flatMap((row): FieldHistoryEntry[] => {
    const change = decodeChanges(row.changes, String(row.seq))[field]
    return change === undefined ? [] : [{ ...entryHead(row), change }]
  })
  return { items, nextCursor: cursorAt(next) }
}

function startOf({ cursor }: HistoryOfSession, newest: number): number {
  return cursor === undefined ? newest : Math.min(newest, cursorNumber(cursor))
}

function cursorAt(seq: number): string | null {
  return seq === 0 ? null : String(seq)
}

interface TokenRow extends Omit<TokenRecord, 'setBy'> {
  readonly key: number
  readonly setBy: string
}

/** Newest first by when the session had the value first. */
export function tokenHistory(core: StoreCore, request: HistoryOfSession): Page<TokenRecord> | null {
  const { sql, catalog } = core
  const known = catalog.session(request.namespace, request.session)
  if (known === undefined) return null
  const limit = pageSize(request.limit)
  const rows = sql
    .get(
      `select key, flavor, value, paired, proof, left_as as left, machine_id as machineId, runtime_id as runtimeId, run,
         set_by as setBy, first_at as firstAt, at, left_at as leftAt
       from resume_token where session = ? and key < ? order by key desc limit ?`,
    )
    .all<TokenRow>(known.key, cursorNumber(request.cursor), limit + 1)
  return pageOf(rows, limit, {
    item: ({ key: _key, ...row }) =>
      fromStored(`The token history of session ${request.session}`, () =>
        tokenRecordSchema.parse({ ...row, setBy: JSON.parse(row.setBy) }),
      ),
    cursor: (row) => String(row.key),
  })
}

/** Every token that a session ever had. */
export function tokensHad({ sql }: StoreCore, session: number): readonly HadToken[] {
  return sql.get('select flavor, value, paired from resume_token where session = ?').all<HadToken>(session)
}

export function namespaces(core: StoreCore): readonly string[] {
  const rows = core.sql.get('select name from namespace order by key').all<{ name: string }>()
  return rows.map((row) => row.name)
}

export function tokenHolders(core: StoreCore, identity: TokenIdentity): readonly string[] {
  const namespace = core.catalog.namespace(identity.namespace)
  // A driver may look for another character where it is given half of a surrogate pair.
  if (namespace === undefined || !identity.value.isWellFormed()) return []
  return core.sql
    .get(
      `select s.id from resume_token t join session s on s.key = t.session
       where t.value = ? and t.flavor = ? and t.left_as = 'no' and t.machine_id is ? and s.namespace = ? order by s.key`,
    )
    .all<{ id: string }>(identity.value, identity.flavor, identity.machineId, namespace.key)
    .map((row) => row.id)
}
