import { agentOf } from '@holdfast/shared/agents/registry'
import {
  NEVER_LOOKED,
  type DirectoryEvidence,
  type DirectoryState,
  type TranscriptEvidence,
  type TranscriptState,
} from '@holdfast/shared/resume/evidence'
import type { ResumeFacts, TokenFacts } from '@holdfast/shared/resume/facts'
import type { TokenProof } from '@holdfast/shared/records/token'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { fieldText } from './field-text.ts'
import { holdElsewhere, holdOfSession, NO_RUN, type Conversation } from './holds.ts'
import { maybeSame } from './maybe-same.ts'

export interface AskedFacts {
  readonly session: KnownSession
  /** The session's own where it is left out. */
  readonly flavor?: string | undefined
  readonly claimant?: ResumeFacts['claimant'] | undefined
  /** The key of a live run that does not count as a holder: the asker's own. */
  readonly besides?: number | undefined
}

/** What is on record of a session's conversation; inside a write as it stands then. */
export function readFactsOf(core: StoreCore, asked: AskedFacts): ResumeFacts {
  const { session, claimant = null, besides = NO_RUN } = asked
  const flavor = asked.flavor ?? fieldText(core.sql, session.key, 'flavor')
  const workDir = fieldText(core.sql, session.key, 'path')
  const value = flavor === null ? null : tokenValue(core, session, flavor)
  const hasToken = flavor !== null && value !== null
  const tokenDamaged = flavor !== null && !hasToken && holdsSomething(core, session, flavor)
  return {
    session: session.id,
    flavor,
    held: holdOfSession(core, session, besides),
    token: hasToken ? tokenFacts(core, session, { flavor, value, besides, claimant }) : null,
    tokenDamaged,
    clearedAt: flavor === null || hasToken || tokenDamaged ? null : clearedAt(core, session, flavor),
    workDir,
    directory: directoryOf(core, session, workDir),
    claimant,
  }
}

function tokenValue({ sql }: StoreCore, session: KnownSession, flavor: string): string | null {
  const field = agentOf(flavor)?.tokenField ?? null
  return field === null ? null : fieldText(sql, session.key, field)
}

const HELD = 'select 1 as held from session_field where session = ? and name = ? and value is not null'

/** Of a field of which no token can be read: whether there are bytes in it. */
function holdsSomething({ sql }: StoreCore, { key }: KnownSession, flavor: string): boolean {
  const field = agentOf(flavor)?.tokenField ?? null
  return field !== null && sql.get(HELD).get(key, field) !== undefined
}

const CLEARED_AT = `
  select max(left_at) as at from resume_token where session = ? and flavor = ? and left_as = 'cleared'`

function clearedAt({ sql }: StoreCore, session: KnownSession, flavor: string): number | null {
  return sql.get(CLEARED_AT).get<{ at: number | null }>(session.key, flavor)?.at ?? null
}

const DIRECTORY = 'select path, state, at from directory_evidence where session = ?'

/** What was seen of another directory says nothing of the one where the session works now. */
function directoryOf({ sql }: StoreCore, session: KnownSession, workDir: string | null): DirectoryEvidence {
  const row = sql.get(DIRECTORY).get<{ path: string; state: DirectoryState; at: number }>(session.key)
  return row === undefined || row.path !== workDir ? NEVER_LOOKED : { state: row.state, at: row.at }
}

interface TokenRow {
  readonly proof: TokenProof
  readonly machineId: string | null
  readonly runtimeId: string | null
  readonly directory: string | null
  readonly at: number
  readonly transcript: TranscriptState | null
  readonly transcriptAt: number | null
  readonly because: TranscriptEvidence['because']
}

const TOKEN = `
  select proof, machine_id as machineId, runtime_id as runtimeId, directory, at, transcript,
    transcript_at as transcriptAt, transcript_because as because
  from resume_token where session = ? and flavor = ? and value = ? and left_as = 'no'`

interface AskedToken {
  readonly flavor: string
  readonly value: string
  readonly besides: number
  readonly claimant: ResumeFacts['claimant']
}

function tokenFacts(core: StoreCore, session: KnownSession, asked: AskedToken): TokenFacts {
  const { flavor, value, besides, claimant } = asked
  const row = core.sql.get(TOKEN).get<TokenRow>(session.key, flavor, value) ?? unrecorded(session)
  const { machineId } = row
  const conversation = { flavor, value, machineId }
  const last = lastRun(core, session, conversation)
  return {
    value,
    proof: row.proof,
    machineId,
    runtimeId: row.runtimeId ?? last?.runtimeId ?? null,
    directory: row.directory,
    at: row.at,
    transcript: { state: row.transcript ?? 'unknown', at: row.transcriptAt, because: row.because },
    sharedWith: sharedWith(core, session, conversation),
    // Where it was minted, and where the claimant would use it.
    heldElsewhere:
      holdElsewhere(core, session, { ...conversation, besides }) ??
      (claimant === null
        ? null
        : holdElsewhere(core, session, { flavor, value, machineId: claimant.machineId, besides })),
    lastRun: last?.run ?? null,
  }
}

/** A token that is in its field and not in the history: of where it comes from nothing is known. */
function unrecorded({ head }: KnownSession): TokenRow {
  const nowhere = { machineId: null, runtimeId: null, directory: null }
  const unseen = { transcript: null, transcriptAt: null, because: null }
  return { proof: 'provisional', at: head.updatedAt, ...nowhere, ...unseen }
}

/** More are of no use to anybody, and one token in a million sessions must stop nobody. */
const SHARERS_SHOWN = 20

const SHARED_WITH = `
  select s.id from resume_token t join session s on s.key = t.session
  where t.value = ? and t.flavor = ? and t.left_as = 'no' and t.session <> ? and s.namespace = ?
    and ${maybeSame('t.machine_id')}
  limit ${SHARERS_SHOWN}`

function sharedWith(core: StoreCore, session: KnownSession, token: Conversation): string[] {
  const { value, flavor, machineId } = token
  const rows = core.sql
    .get(SHARED_WITH)
    .all<{ id: string }>(value, flavor, session.key, session.namespace.key, machineId, machineId)
  return rows.map(({ id }) => id)
}

/** Runs of one conversation overlap only where they were in contention: the last to end is among so many, the last to begin. */
export const RUNS_WEIGHED = 16

const LAST_RUNS = `
  select r.id as runId, r.state as outcome, r.ended_at as endedAt, r.reason, r.runtime_id as runtimeId
  from run_token c join run r on r.key = c.run
  where c.value = ? and c.flavor = ? and c.rejected = 0 and r.namespace = ?
    and r.state in ('success', 'failed', 'cancelled', 'interrupted') and ${maybeSame('r.machine_id')}
  order by c.run desc limit ${RUNS_WEIGHED}`

type LastRun = NonNullable<TokenFacts['lastRun']>

interface LastRunOfToken {
  readonly run: LastRun
  readonly runtimeId: string | null
}

function lastRun(core: StoreCore, session: KnownSession, token: Conversation): LastRunOfToken | null {
  const { value, flavor, machineId } = token
  const [newest, ...others] = core.sql
    .get(LAST_RUNS)
    .all<LastRun & { runtimeId: string | null }>(value, flavor, session.namespace.key, machineId, machineId)
  if (newest === undefined) return null
  const latest = others.reduce((later, run) => (run.endedAt > later.endedAt ? run : later), newest)
  // Runs may overlap, and a clock may have been set back: neither the last to begin nor the last to end may have gone wrong.
  const { runtimeId, ...run } = latest.outcome === 'success' ? newest : latest
  return { run, runtimeId }
}
