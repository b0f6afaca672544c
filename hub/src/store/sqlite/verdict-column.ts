import { TOKEN_FIELDS } from '@holdfast/shared/agents/registry'
import { verdictClass } from '@holdfast/shared/resume/verdict-class'
import type { FieldWrite } from '../../sessions/write.ts'
import type { Judged } from '../run-store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { fieldText } from './field-text.ts'
import { readFactsOf } from './resume-facts.ts'
import { shortened } from './shortened.ts'

/** A token that so many sessions hold is a mistake somewhere; what lists say of the others may then be out of date. */
export const SHARERS_REFRESHED = 100

/**
 * Brings up to date what lists and the census say of a session, and of the sessions that hold a token which it has or
 * had. In the transaction of every write that changes its routing, its tokens or its runs.
 */
export function refreshVerdict(core: StoreCore, session: KnownSession): void {
  refreshOwnVerdict(core, session)
  refreshSharers(core, session)
}

const TOKENS: ReadonlySet<string> = new Set(TOKEN_FIELDS)
const JUDGED: ReadonlySet<string> = new Set(['flavor', 'machineId', 'path', ...TOKEN_FIELDS])

/** The same after a write of fields, most of which say nothing about a resume. */
export function refreshVerdictAfter(
  core: StoreCore,
  session: KnownSession,
  writes: readonly FieldWrite[],
): void {
  if (!writes.some(({ name }) => JUDGED.has(name))) return
  if (writes.some(({ name, before }) => name === 'machineId' && before !== undefined)) {
    forgetDirectory(core, session)
  }
  refreshOwnVerdict(core, session)
  // A token that comes may show that a client left another one, which it was in for as long as no other came.
  if (writes.some(({ name }) => TOKENS.has(name))) refreshSharers(core, session)
}

/** What was seen on another machine says nothing of this one. */
function forgetDirectory({ sql }: StoreCore, { key }: KnownSession): void {
  sql.get('delete from directory_evidence where session = ?').run(key)
}

// Comparing first leaves the census alone where nothing changes.
const UPDATE = `
  update session set flavor = ?, machine_id = ?, verdict = ?, verdict_reason = ?
  where key = ? and (flavor, machine_id, verdict, verdict_reason) <> (?, ?, ?, ?)`

/**
 * For what concerns this session alone: the proof of its token, and what was seen of it. It is told of in any case: a look
 * that finds what was known before is news.
 */
export function refreshOwnVerdict(core: StoreCore, session: KnownSession): void {
  core.judged.note(String(session.key), judgeAnew(core, session).judged)
}

interface JudgedAnew {
  readonly judged: Judged
  readonly isChanged: boolean
}

function judgeAnew(core: StoreCore, session: KnownSession): JudgedAnew {
  const facts = readFactsOf(core, { session })
  const machineId = fieldText(core.sql, session.key, 'machineId')
  const verdict = verdictClass(facts)
  const names = [facts.flavor ?? '', machineId ?? ''].map(shortened)
  const columns = [...names, verdict.class, verdict.reason ?? '']
  const { changes } = core.sql.get(UPDATE).run(...columns, session.key, ...columns)
  const judged = { namespace: session.namespace.name, session: session.id, facts, verdict }
  return { judged, isChanged: changes > 0 }
}

function refreshSharers(core: StoreCore, session: KnownSession): void {
  refreshOthers(core, session, sharersOfAll(core, session))
}

const SHARERS_OF_ALL = `
  select s.id from resume_token mine
  join resume_token other on other.value = mine.value and other.flavor = mine.flavor
  join session s on s.key = other.session
  where mine.session = ? and other.left_as = 'no' and other.session <> ? and s.namespace = ? limit ?`

function sharersOfAll({ sql }: StoreCore, { key, namespace }: KnownSession): readonly SessionId[] {
  return sql.get(SHARERS_OF_ALL).all<SessionId>(key, key, namespace.key, SHARERS_REFRESHED)
}

interface SessionId {
  readonly id: string
}

function refreshOthers(core: StoreCore, { namespace }: KnownSession, others: readonly SessionId[]): void {
  for (const id of new Set(others.map((other) => other.id))) {
    const known = core.catalog.session(namespace.name, id)
    if (known === undefined) continue
    const { judged, isChanged } = judgeAnew(core, known)
    if (isChanged) core.judged.note(String(known.key), judged)
  }
}
