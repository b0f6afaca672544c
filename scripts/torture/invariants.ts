import { agentOf, partnerOf, protectedKind } from '@holdfast/shared/agents/registry'
import { jsonEqual, type Json } from '@holdfast/shared/metadata/json'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { Finding, FindingKind } from './finding.ts'
import type { Ack, Operation, WriteHistory } from './write-log.ts'

/** One session as the store shows it: its document, and its journal from the oldest entry to the newest. */
export interface SessionView {
  readonly namespace: string
  readonly id: string
  readonly version: number
  readonly metadata: { readonly [field: string]: Json }
  readonly entries: readonly JournalEntry[]
}

export interface FeedView {
  readonly namespace: string
  readonly head: number
  readonly changes: readonly { readonly seq: number; readonly session: string; readonly version: number }[]
}

type Find = (kind: FindingKind, what: string) => void

/** Everything that must hold between what a store shows and what was said about it; no findings where all is well. */
export function findProblems(
  sessions: readonly SessionView[],
  feeds: readonly FeedView[],
  history: WriteHistory,
): Finding[] {
  const findings: Finding[] = []
  const find: Find = (kind, what) => void findings.push({ kind, what })
  for (const session of sessions) checkSession(session, history, find)
  for (const feed of feeds) checkFeed(feed, sessions, find)
  checkWrites(sessions, history, find)
  for (const what of history.contradictions) find('replay', what)
  return findings
}

function checkSession(session: SessionView, history: WriteHistory, find: Find): void {
  const name = `${session.namespace}/${session.id}`
  const document = new Map<string, Json>()
  let seq = 0
  for (const [index, entry] of session.entries.entries()) {
    if (entry.version !== index + 1)
      find('gap', `${name}: entry ${index + 1} of the journal has version ${entry.version}`)
    if (entry.seq <= seq)
      find('gap', `${name}: version ${entry.version} has seq ${entry.seq}, after seq ${seq}`)
    seq = entry.seq
    checkRemovals(name, entry, { history, find })
    applyEntry(document, entry, (field) =>
      find('fold', `${name}: version ${entry.version} remembers another value before its change of ${field}`),
    )
    const ack = entry.reason === null ? undefined : history.acks.get(entry.reason)
    if (ack?.effective === true && ack.version === entry.version) checkTokens(name, ack, { document, find })
  }
  if (session.entries.at(-1)?.version !== session.version)
    find('gap', `${name} is at version ${session.version}, its journal at ${session.entries.at(-1)?.version}`)
  const folded = Object.fromEntries(document)
  if (!jsonEqual(folded, session.metadata))
    find('fold', `${name}: ${differences(folded, session.metadata)} differ between journal and document`)
}

function differences(
  left: { readonly [field: string]: Json },
  right: { readonly [field: string]: Json },
): string {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].filter((name) => !jsonEqual(left[name], right[name])).join(', ')
}

function applyEntry(
  document: Map<string, Json>,
  entry: JournalEntry,
  mismatch: (field: string) => void,
): void {
  for (const [field, change] of Object.entries(entry.changes)) {
    if (!jsonEqual(document.get(field), change.before)) mismatch(field)
    if (change.after === undefined) document.delete(field)
    else document.set(field, change.after)
  }
}

/** A protected field goes only when the operation that was sent gives it up, or when its token moves. */
function checkRemovals(name: string, entry: JournalEntry, at: { history: WriteHistory; find: Find }): void {
  const op = entry.reason === null ? undefined : at.history.operations.get(entry.reason)
  for (const [field, change] of Object.entries(entry.changes)) {
    if (change.after !== undefined || change.before === undefined) continue
    const kind = protectedKind(field)
    if (kind === undefined) continue
    const partner = partnerOf(field)
    const moved = kind === 'paired' && partner !== undefined && Object.hasOwn(entry.changes, partner)
    if (moved || (op !== undefined && givesUp(op, field))) continue
    at.find('token', `${name}: version ${entry.version} (${entry.op}) removed ${field}, which nobody gave up`)
  }
}

function givesUp(op: Operation, field: string): boolean {
  if (op.kind === 'replace') return op.metadata[field] === null
  if (op.kind !== 'clear') return false
  const agent = agentOf(op.flavor)
  return agent?.tokenField === field || agent?.pairedField === field
}

function checkTokens(name: string, ack: Ack, at: { document: ReadonlyMap<string, Json>; find: Find }): void {
  for (const [field, expected] of Object.entries(ack.tokens)) {
    const actual = at.document.get(field) ?? null
    if (actual === expected) continue
    at.find(
      'token',
      `${name}: ${field} is ${JSON.stringify(actual)} at version ${ack.version}, answered was ${expected}`,
    )
  }
}

/** The feed is read another way than a session's history; both must tell of the same entries. */
function checkFeed(feed: FeedView, sessions: readonly SessionView[], find: Find): void {
  const versions = new Map<string, number>()
  for (const [index, change] of feed.changes.entries()) {
    if (change.seq !== index + 1)
      find('gap', `${feed.namespace}: change ${index + 1} of the feed has seq ${change.seq}`)
    const expected = (versions.get(change.session) ?? 0) + 1
    if (change.version !== expected)
      find(
        'gap',
        `${feed.namespace}/${change.session}: version ${change.version} in the feed, not ${expected}`,
      )
    versions.set(change.session, change.version)
  }
  if (feed.head !== feed.changes.length)
    find('gap', `${feed.namespace}: the feed has ${feed.changes.length} changes, its head is ${feed.head}`)
  for (const session of sessions) {
    if (session.namespace !== feed.namespace || versions.get(session.id) === session.version) continue
    find(
      'gap',
      `${feed.namespace}/${session.id} is at ${session.version}, in the feed at ${versions.get(session.id)}`,
    )
  }
}

interface Stored {
  readonly session: string
  readonly version: number
}

function storedById(sessions: readonly SessionView[]): Map<string, Stored[]> {
  const stored = new Map<string, Stored[]>()
  for (const { namespace, id, entries } of sessions) {
    for (const { reason, version } of entries) {
      if (reason === null) continue
      const known = stored.get(reason) ?? []
      stored.set(reason, [...known, { session: `${namespace}/${id}`, version }])
    }
  }
  return stored
}

/** What was acknowledged is there, once; what was declined, or never sent, is not. */
function checkWrites(sessions: readonly SessionView[], history: WriteHistory, find: Find): void {
  const stored = storedById(sessions)
  const versions = new Map(sessions.map(({ namespace, id, version }) => [`${namespace}/${id}`, version]))
  for (const [id, entries] of stored) {
    if (!history.operations.has(id)) find('ghost', `${id} is in the journal, but nobody sent it`)
    if (entries.length > 1)
      find('replay', `${id} took effect ${entries.length} times: versions ${versionsOf(entries)}`)
    const code = history.declined.get(id)
    if (code !== undefined && code !== 'outcome_unknown' && !history.acks.has(id))
      find('ghost', `${id} was declined (${code}), but is in the journal`)
  }
  for (const ack of history.acks.values()) {
    const op = history.operations.get(ack.id)
    if (op === undefined) continue
    const name = `${op.namespace}/${op.session}`
    const isThere = ack.effective
      ? (stored.get(ack.id) ?? []).some((entry) => entry.session === name && entry.version === ack.version)
      : (versions.get(name) ?? 0) >= ack.version
    if (!isThere)
      find('lost', `${name}: version ${ack.version} was acknowledged (${ack.id}), but is not there`)
    if (op.kind === 'replace' && ack.effective && ack.version !== op.expected + 1)
      find('stale', `${name}: ${ack.id} expected version ${op.expected} and made version ${ack.version}`)
  }
}

function versionsOf(entries: readonly Stored[]): string {
  return entries.map((entry) => entry.version).join(', ')
}

/** Looked at before anything is sent again: a retry may complete what was lost as a whole. */
export function findHalfBatches(sessions: readonly SessionView[], history: WriteHistory): Finding[] {
  const stored = storedById(sessions)
  const findings: Finding[] = []
  const batches = new Map<number, string[]>()
  for (const { id, batch } of history.operations.values())
    if (batch !== undefined) batches.set(batch, [...(batches.get(batch) ?? []), id])
  for (const [batch, ids] of batches) {
    const there = ids.filter((id) => stored.has(id))
    if (there.length === 0 || there.length === ids.length) continue
    findings.push({
      kind: 'half-batch',
      what: `of batch ${batch}, ${there.length} of ${ids.length} writes are there`,
    })
  }
  return findings
}
