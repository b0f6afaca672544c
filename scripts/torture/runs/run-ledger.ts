import type { RunRecord } from '@holdfast/shared/records/run'
import type { Finding, FindingKind } from '../finding.ts'
import { LEASE_MS } from './hub-life.ts'
import { KnownRun } from './known-run.ts'

/** A flavor's token in a session. */
export interface TokenAt {
  readonly session: string
  readonly flavor: string
  readonly token: string
}

interface HandedOut {
  readonly run: KnownRun
  readonly token: string | null
  /** By a program that acts by itself. */
  readonly isAuto: boolean
}

/**
 * What has to be true by what was asked and answered alone: who may still hold what, which reports count, which tokens
 * there are. It knows no rule of the hub's own, and says where an answer breaks one of the contract.
 */
export class RunLedger {
  readonly findings: Finding[] = []
  readonly runs = new Map<string, KnownRun>()
  /** Every token that was ever said, by session. */
  readonly said: TokenAt[] = []
  /** What each session's token has to be, by session and flavor; null where a person cleared it. */
  readonly #tokens = new Map<string, Map<string, string | null>>()
  /** What each session's version has to be, where the last answer told it. */
  readonly #versions = new Map<string, number | null>()
  /** When a client that knows no runs last said that it is in a session. */
  readonly #aliveAt = new Map<string, number>()
  readonly #now: () => number
  hubStart = 0

  constructor(now: () => number) {
    this.#now = now
  }

  wrong(kind: FindingKind, what: string): void {
    this.findings.push({ kind, what: `at ${this.#now()} ms: ${what}` })
  }

  ofSession(session: string): KnownRun[] {
    return [...this.runs.values()].filter((run) => run.session === session)
  }

  mayLive(run: KnownRun): boolean {
    return run.isLive && this.#now() < run.leaseEnd(LEASE_MS, this.hubStart)
  }

  /** A run that was not there before. */
  begun(record: RunRecord): KnownRun {
    const over = this.ofSession(record.session).filter((other) => !other.isLive)
    const run = new KnownRun(record, {
      order: this.runs.size,
      now: this.#now(),
      overBefore: new Set(over.map(({ id }) => id)),
    })
    this.runs.set(record.id, run)
    return run
  }

  /** A claim or a resume that was let in: nobody else may be where it is. */
  letIn({ run, token, isAuto }: HandedOut): void {
    for (const other of this.runs.values()) {
      if (other === run || !this.mayLive(other)) continue
      if (other.session === run.session)
        this.wrong('lease', `run ${run.id} was let into ${run.session} beside ${other.id} (${other.kind})`)
      else if (token !== null && isIn(other, run, token))
        this.wrong('lease', `run ${run.id} was given ${token}, which ${other.id} of ${other.session} has`)
    }
    const aliveAt = this.#aliveAt.get(run.session)
    // Of what happens at one moment nobody can say which came first.
    const isBefore = aliveAt !== undefined && aliveAt < this.#now()
    if (isBefore && this.#now() < aliveAt + LEASE_MS)
      this.wrong(
        'lease',
        `run ${run.id} was let into ${run.session}, where a released client was at ${aliveAt} ms`,
      )
    if (token !== null && isAuto) this.#checkLastRun(run, token)
  }

  /** A report of a run was taken. */
  counted(record: RunRecord, what: string): void {
    const run = this.runs.get(record.id)
    if (run === undefined)
      return this.wrong('lease', `${what} of ${record.id}, which was never opened, counts`)
    const later = this.ofSession(run.session).find((other) => isAfter(other, run))
    if (later !== undefined)
      this.wrong('lease', `${what} of ${run.id} counts, although ${later.id} took its session over`)
    const wasOver = !run.isLive
    if (wasOver && run.endedBy === 'report' && what === 'a heartbeat')
      this.wrong('lease', `${what} of ${run.id} counts, which said that it ended`)
    run.told(record)
    run.heard(this.#now())
  }

  /** The hub heard it, and the store was not asked. */
  heartbeat(id: string): void {
    this.runs.get(id)?.heard(this.#now())
  }

  /** A client that knows no runs said that it is in the session; null: that it has left. */
  alive(session: string, now: number | null): void {
    if (now === null) this.#aliveAt.delete(session)
    else this.#aliveAt.set(session, now)
  }

  /** Runs that the hub ended because it did not hear of them. */
  lapsed(record: RunRecord): void {
    const run = this.runs.get(record.id)
    if (run === undefined) return
    const isEarly = this.#now() < run.leaseEnd(LEASE_MS, this.hubStart)
    // Of a client that knows no runs it is only known that it has its whole lease after a restart.
    const isTold = run.kind !== 'implicit' || this.#now() < this.hubStart + LEASE_MS
    if (isEarly && isTold && run.isLive)
      this.wrong(
        'lease',
        `run ${run.id} was ended by its lease, which goes on until ${run.leaseEnd(LEASE_MS, this.hubStart)} (${run.kind}, ${run.state})`,
      )
    run.told(record)
  }

  told(record: RunRecord): void {
    this.runs.get(record.id)?.told(record)
  }

  /** Somebody who may said what a session's token is. */
  tokenIs({ session, flavor, token }: TokenAt): void {
    this.said.push({ session, flavor, token })
    this.#of(session).set(flavor, token)
  }

  tokenCleared({ session, flavor }: Omit<TokenAt, 'token'>): void {
    this.#of(session).set(flavor, null)
  }

  /** Somebody whose word no longer counts. */
  tokenLate(late: TokenAt): void {
    this.said.push(late)
  }

  versionIs(session: string, version: number | null): void {
    this.#versions.set(session, version)
  }

  expectedVersion(session: string): number | null {
    return this.#versions.get(session) ?? null
  }

  expectedTokens(session: string): ReadonlyMap<string, string | null> {
    return this.#of(session)
  }

  #of(session: string): Map<string, string | null> {
    const known = this.#tokens.get(session) ?? new Map<string, string | null>()
    this.#tokens.set(session, known)
    return known
  }

  /** Where several ended at one moment, any of them may be the last. */
  #checkLastRun(run: KnownRun, token: string): void {
    const ended = [...this.runs.values()].filter(
      (other) =>
        other !== run &&
        other.endedAt !== null &&
        other.state !== 'withdrawn' &&
        isIn(other, run, token, 'had'),
    )
    const last = Math.max(...ended.map(({ endedAt }) => endedAt ?? 0))
    const newest = ended.filter(({ endedAt }) => endedAt === last)
    if (newest.some(({ state }) => state === 'success')) return
    const how = newest.map(({ id, state }) => `${id} ${state}`).join(', ') || 'no run of it'
    this.wrong('verdict', `run ${run.id} was given ${token} without being asked, after ${how}`)
  }
}

/** Whether it began after the other one and in its place, or exclusively. */
function isAfter(one: KnownRun, other: KnownRun): boolean {
  if (one.order <= other.order || one.state === 'withdrawn') return false
  return one.kind === 'claimed' || one.kind === 'resume' || one.overBefore.has(other.id)
}

/** In the same conversation: the same agent, machine and token. A machine that is not known may be the same. */
function isIn(one: KnownRun, run: KnownRun, token: string, when: 'has' | 'had' = 'has'): boolean {
  const isSameMachine = one.machineId === null || run.machineId === null || one.machineId === run.machineId
  const carries = when === 'has' ? one.token === token : one.carried.has(token)
  return carries && one.flavor === run.flavor && isSameMachine
}
