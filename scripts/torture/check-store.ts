import { readFileSync, writeFileSync } from 'node:fs'
import { loadDriver, type SqliteDriver } from '@holdfast/hub/store/sqlite/driver'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import type { Store } from '@holdfast/hub/store/store'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { Finding } from './finding.ts'
import { findHalfBatches, findProblems, type FeedView, type SessionView } from './invariants.ts'
import { codeOf, perform } from './perform.ts'
import { sample, seeded } from './random.ts'
import { findShownProblems } from './shown-values.ts'
import { NAMESPACES } from './workload.ts'
import { isRepeatable, logLine, parseLog, WriteHistory, type Ack, type LogEvent } from './write-log.ts'

export interface CheckJob {
  readonly database: string
  /** What the writers said, oldest first. */
  readonly logs: readonly string[]
  /** What the check itself sends is added to this log; the next check of this database must be given it too. */
  readonly ownLog: string
  readonly seed: number
  /** How many acknowledged mutation ids are sent again, besides the newest ones. */
  readonly repeats: number
}

export interface CheckResult {
  readonly findings: readonly Finding[]
  readonly acks: number
  readonly entries: number
  readonly repeated: number
  readonly settled: number
  /** Of those that were settled: how many had taken effect, so that only their answer was missing. */
  readonly unanswered: number
}

/** The newest acknowledgements are the ones that a crash endangers. */
const NEWEST = 20

/** Opens what a crash left, and holds it against what was said about it. */
export async function checkStore(job: CheckJob): Promise<CheckResult> {
  const history = new WriteHistory()
  for (const log of job.logs) history.add(parseLog(readFileSync(log, 'utf8')))
  const acks = history.acks.size
  let store: Awaited<ReturnType<typeof openSqliteStore>>
  try {
    store = await openSqliteStore(job.database)
  } catch (error) {
    const what = `${codeOf(error)}: ${error instanceof Error ? error.message : ''}`
    return {
      findings: [{ kind: 'refused-start', what }],
      acks,
      entries: 0,
      repeated: 0,
      settled: 0,
      unanswered: 0,
    }
  }
  const findings: Finding[] = []
  let counts = { entries: 0, repeated: 0, settled: 0, unanswered: 0 }
  try {
    const before = await look(store, history)
    findings.push(...before.findings, ...findHalfBatches(before.sessions, history))
    const repeated = await repeatAcked(store, job, history)
    const settled = await settleUnknown(store, job, history)
    findings.push(...repeated.findings, ...settled.findings)
    const after = await look(store, history)
    findings.push(...after.findings)
    counts = {
      entries: after.entries,
      repeated: repeated.count,
      settled: settled.count,
      unanswered: settled.unanswered,
    }
  } finally {
    await store.close()
  }
  findings.push(...(await checkFile(job.database)))
  return { findings: distinct(findings), acks, ...counts }
}

function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.kind} ${finding.what}`, finding])).values()]
}

interface Look {
  readonly sessions: readonly SessionView[]
  readonly entries: number
  readonly findings: readonly Finding[]
}

async function look(store: Store, history: WriteHistory): Promise<Look> {
  const sessions: SessionView[] = []
  const feeds: FeedView[] = []
  for (const namespace of NAMESPACES) {
    for (const id of await sessionIds(store, namespace))
      sessions.push(await viewSession(store, namespace, id))
    feeds.push(await viewFeed(store, namespace))
  }
  const entries = sessions.reduce((sum, session) => sum + session.entries.length, 0)
  const findings = [...findProblems(sessions, feeds, history), ...findShownProblems(sessions, history)]
  return { sessions, entries, findings }
}

async function sessionIds(store: Store, namespace: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Store['listSessions']>> = await store.listSessions({
      namespace,
      limit: 500,
      fields: [],
      ...(cursor === null ? {} : { cursor }),
    })
    ids.push(...page.items.map((item) => item.id))
    cursor = page.nextCursor
  } while (cursor !== null)
  return ids
}

async function viewSession(store: Store, namespace: string, session: string): Promise<SessionView> {
  const record = await store.readSession({ namespace, session })
  const newestFirst: JournalEntry[] = []
  let cursor: string | null = null
  do {
    const request = { namespace, session, limit: 1000, ...(cursor === null ? {} : { cursor }) }
    const page: Awaited<ReturnType<Store['sessionHistory']>> = await store.sessionHistory(request)
    newestFirst.push(...(page?.items ?? []))
    cursor = page?.nextCursor ?? null
  } while (cursor !== null)
  return {
    namespace,
    id: session,
    version: record?.metadataVersion ?? 0,
    metadata: record?.metadata ?? {},
    entries: newestFirst.toReversed().map(withReason),
  }
}

/** A released client gives no reason; then its write says its id in a field. */
function withReason(entry: JournalEntry): JournalEntry {
  const id = entry.changes['lastWrite']?.after
  return entry.reason === null && typeof id === 'string' ? { ...entry, reason: id } : entry
}

async function viewFeed(store: Store, namespace: string): Promise<FeedView> {
  const changes: { seq: number; session: string; version: number }[] = []
  for (;;) {
    const page = await store.readFeed({ namespace, after: changes.at(-1)?.seq ?? 0, limit: 1000 })
    if (page.kind !== 'changes') return { namespace, head: page.head, changes }
    changes.push(...page.changes.map(({ seq, session, version }) => ({ seq, session, version })))
    if (page.changes.length === 0) return { namespace, head: page.head, changes }
  }
}

/** A mutation id that was acknowledged must get its answer again, and change nothing. */
async function repeatAcked(store: Store, job: CheckJob, history: WriteHistory) {
  const acked = [...history.acks.values()].filter(({ id }) => {
    const op = history.operations.get(id)
    return op !== undefined && isRepeatable(op)
  })
  const chosen = new Set([...acked.slice(-NEWEST), ...sample(seeded(job.seed), acked, job.repeats)])
  const found = await Promise.all([...chosen].map((ack) => repeat(store, ack, history)))
  return { findings: found.flat(), count: chosen.size }
}

async function repeat(store: Store, ack: Ack, history: WriteHistory): Promise<Finding[]> {
  const op = history.operations.get(ack.id)
  if (op === undefined) return []
  const done = await perform(store, op)
  if (done.kind === 'declined')
    return [{ kind: 'replay', what: `${ack.id} was acknowledged; its retry was declined (${done.code})` }]
  if (!done.replayed)
    return [{ kind: 'lost', what: `${ack.id} was acknowledged; its retry took effect as a new write` }]
  if (done.ack.version === ack.version) return []
  const what = `${ack.id} was answered version ${ack.version}; its retry version ${done.ack.version}`
  return [{ kind: 'replay', what }]
}

/** Where the writer never learned the outcome, sending the same again must settle it. */
async function settleUnknown(store: Store, job: CheckJob, history: WriteHistory) {
  const unsettled = history.unsettled().filter(isRepeatable)
  const settled = await Promise.all(unsettled.map((op) => perform(store, op)))
  const again = await Promise.all(unsettled.map((op) => perform(store, op)))
  const findings = unsettled.flatMap((op, index): Finding[] => {
    const done = settled[index]
    const repeated = again[index]
    if (done === undefined || repeated === undefined) return []
    const event: LogEvent =
      done.kind === 'written' ? { e: 'ack', ack: done.ack } : { e: 'declined', id: op.id, code: done.code }
    history.add([event])
    writeFileSync(job.ownLog, logLine(event), { flag: 'a' })
    if (done.kind === 'declined' || (repeated.kind === 'written' && repeated.replayed)) return []
    return [{ kind: 'replay', what: `${op.id} was settled, and a second retry is not a replay` }]
  })
  const unanswered = settled.filter((done) => done.kind === 'written' && done.replayed).length
  return { findings, count: unsettled.length, unanswered }
}

/** What SQLite itself says of the file. */
async function checkFile(database: string): Promise<Finding[]> {
  const open = await loadDriver()
  const driver = open(database, { readonly: true })
  try {
    return integrity(driver)
  } finally {
    driver.close()
  }
}

function integrity(driver: SqliteDriver): Finding[] {
  const rows = driver.prepare('pragma integrity_check').all<Record<string, unknown>>()
  const said = rows.map((row) => String(Object.values(row)[0])).join('; ')
  return said === 'ok' ? [] : [{ kind: 'integrity', what: said.slice(0, 300) }]
}
