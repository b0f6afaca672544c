import type { Finding, FindingKind } from '../finding.ts'
import { grouped } from '../grouped.ts'

/**
 * One thing that a client did or was told, with the version it learned by it. Times are ticks of one counter, no two
 * alike: `called` comes before the request went out, `returned` after the answer was there.
 */
export type Observation = Call | Told

export interface Call {
  /** A write made its version, a read was shown it; what changed nothing, and what was refused, is a read. */
  readonly kind: 'write' | 'read'
  readonly session: string
  /** The write's own, however often it was sent. */
  readonly id: string
  readonly called: number
  /** Infinity where no answer ever came. */
  readonly returned: number
  /** Null where nobody knows whether the write took effect. */
  readonly version: number | null
}

/** A subscriber was told of a change that others made. */
export interface Told {
  readonly kind: 'told'
  readonly session: string
  /** The connection on which it was told. */
  readonly id: string
  readonly returned: number
  readonly version: number
}

type Find = (kind: FindingKind, what: string) => void

/**
 * Whether what was seen of each session can have happened one after the other, every write one version further and every
 * read the newest. Since each answer says its version, that is a matter of sorting: n log n for n observations.
 */
export function findOrderProblems(observations: readonly Observation[]): Finding[] {
  const findings: Finding[] = []
  const find: Find = (kind, what) => void findings.push({ kind, what })
  for (const seen of grouped(observations, ({ session }) => session).values()) {
    checkVersions(seen, find)
    checkRealTime(seen, find)
    checkTold(seen, find)
  }
  return findings
}

/** Each version has one write, and what is missing in between is made by writes of which nobody knows. */
function checkVersions(seen: readonly Observation[], find: Find): void {
  const makers = new Map<number, string>()
  let highest = 0
  let unknown = 0
  for (const { kind, session, id, version } of seen) {
    highest = Math.max(highest, version ?? 0)
    if (kind !== 'write') continue
    if (version === null) {
      unknown += 1
      continue
    }
    const other = makers.get(version)
    if (other !== undefined) find('duplicate', `${session}: ${other} and ${id} both made version ${version}`)
    makers.set(version, id)
  }
  const missing = highest - makers.size
  if (missing <= unknown) return
  const absent: number[] = []
  for (let version = 1; version <= highest && absent.length < 5; version += 1)
    if (!makers.has(version)) absent.push(version)
  const which = `${missing} versions up to ${highest} (${absent.join(', ')} ...)`
  find('gap', `${seen[0]?.session}: nobody made ${which}, and only ${unknown} writes have an unknown outcome`)
}

interface Moment {
  readonly at: number
  readonly starts: boolean
  readonly of: Observation
}

/** What was known before a call was made binds it: a write goes beyond it, a read does not fall behind it. */
function checkRealTime(seen: readonly Observation[], find: Find): void {
  const floors = new Map<Observation, { version: number; by: string }>()
  let floor = { version: 0, by: 'nobody' }
  for (const { starts, of } of momentsOf(seen)) {
    if (starts) floors.set(of, floor)
    else if (of.version !== null && of.version > floor.version) floor = { version: of.version, by: of.id }
  }
  for (const [of, { version: known, by }] of floors) {
    if (of.version === null || of.kind === 'told') continue
    const least = of.kind === 'write' ? known + 1 : known
    if (of.version >= least) continue
    const did = of.kind === 'write' ? 'made' : 'was shown'
    find(
      'order',
      `${of.session}: ${of.id} ${did} version ${of.version}, and ${by} had seen ${known} before it was sent`,
    )
  }
}

function momentsOf(seen: readonly Observation[]): Moment[] {
  const moments: Moment[] = []
  for (const of of seen) {
    if (of.kind !== 'told') moments.push({ at: of.called, starts: true, of })
    if (of.returned !== Number.POSITIVE_INFINITY) moments.push({ at: of.returned, starts: false, of })
  }
  return moments.toSorted((left, right) => left.at - right.at)
}

/** A connection is told of a session's changes in the order of their versions, none of them twice. */
function checkTold(seen: readonly Observation[], find: Find): void {
  const last = new Map<string, number>()
  for (const { kind, session, id, version } of seen) {
    if (kind !== 'told' || version === null) continue
    const before = last.get(id) ?? 0
    if (version <= before) find('order', `${session}: ${id} was told version ${version} after ${before}`)
    last.set(id, version)
  }
}
