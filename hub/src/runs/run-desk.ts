import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { Log } from '../log/log.ts'
import type {
  BeginResume,
  Claimed,
  ClaimHeld,
  ClaimRun,
  CompleteRun,
  EndRuns,
  Held,
  HolderRuns,
  HolderRunsEnded,
  LiveRun,
  OpenImplicitRun,
  RegisterRun,
  RejectionTaken,
  ReportRejected,
  ReportToken,
  ResumeBegun,
  RunChanged,
  RunKey,
  RunRegistered,
  RunRequest,
  RunStore,
  TokenReported,
  Unconfirmed,
} from '../store/run-store.ts'
import { maskedToken } from '../http/masked-tokens.ts'
import { CallOrder } from './call-order.ts'
import { Leases } from './leases.ts'
import { LiveRuns } from './live-runs.ts'
import { phaseOf } from './phase.ts'
import { UnstoredEnds, type ClientEnd } from './unstored-ends.ts'
import { withEnd } from './with-end.ts'
import { runName } from './run-name.ts'

export interface RunDeskParts {
  readonly store: RunStore
  readonly log: Log
  readonly leaseMs: number
  /** Milliseconds of a clock that only runs forward. */
  readonly elapsed: () => number
}

/** Live runs that are read in one go at the start, and ended in one go by a sweep. */
const PAGE = 256

/** A resume that is not confirmed by then is given up, whatever is heard of its machine. */
export const PENDING_MS = 120_000

/** For these the store may take tomorrow what it does not take today. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['overloaded', 'storage_busy', 'storage_full'])

const NOT_CONFIRMED = 'The agent did not confirm in time that it loaded the conversation.'

/** An answer of the store, as far as it tells of runs. */
interface Answer {
  readonly kind: string
  readonly run?: RunRecord | null
  readonly ended?: readonly RunRecord[]
  readonly contends?: readonly RunRecord[]
}

/**
 * What everybody who opens, reports on or ends a run goes through. The store decides; the desk knows until when each
 * lease lasts, ends those that lapse, and tells whoever listens.
 */
export class RunDesk {
  readonly leases: Leases
  readonly live = new LiveRuns()
  /** Claims by what they were answered, and runs that were ended for not being heard of. */
  readonly counts = { claims: { resume: 0, fresh: 0, held: 0, unconfirmed: 0, refused: 0 }, swept: 0 }
  readonly #store: RunStore
  readonly #log: Log
  readonly #order = new CallOrder()
  readonly #listeners = new Set<(change: LiveRun) => void>()
  readonly #unstored = new UnstoredEnds()
  readonly #overdueListeners = new Set<(key: RunKey) => void>()
  /** Why resumes are given up of which the store could not take that in, by the name of the run. */
  readonly #unwritten = new Map<string, string>()
  #sweeping: Promise<void> | null = null

  private constructor({ store, log, leaseMs, elapsed }: RunDeskParts) {
    this.#store = store
    this.#log = log
    this.leases = new Leases(leaseMs, elapsed)
  }

  /** Every run that was live when the hub ended has its whole lease again. */
  static async open(parts: RunDeskParts): Promise<RunDesk> {
    const desk = new RunDesk(parts)
    parts.store.onContended((runs) => {
      for (const live of runs) desk.#markContended(live)
    })
    let cursor: string | undefined
    do {
      const page = await parts.store.liveRuns({ limit: PAGE, cursor })
      for (const live of page.items) desk.#hear(live)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    if (desk.leases.count > 0) parts.log.info('runs are live from before', { runs: desk.leases.count })
    return desk
  }

  /** Calls back after each change of a run; the listener must not throw. The answer takes it back. */
  onRun(listener: (change: LiveRun) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Calls back with each resume that is not confirmed in time while the store can not take that in; as above. */
  onOverdue(listener: (key: RunKey) => void): () => void {
    this.#overdueListeners.add(listener)
    return () => void this.#overdueListeners.delete(listener)
  }

  async claim(request: ClaimRun): Promise<Claimed | ClaimHeld | Unconfirmed | Refusal> {
    await this.#sweepFirst()
    this.#saidAgain(request)
    const answer = await this.#ask(request.namespace, () => this.#store.claimRun(request))
    const isResumed = answer.kind === 'claimed' && answer.verdict.token !== undefined
    this.counts.claims[answer.kind !== 'claimed' ? answer.kind : isResumed ? 'resume' : 'fresh'] += 1
    if (answer.kind === 'claimed' && answer.replayed === undefined) this.#warnOfWithheld(request, answer)
    return answer
  }

  register(request: RegisterRun): Promise<RunRegistered | Refusal> {
    this.#saidAgain(request)
    return this.#ask(request.namespace, () => this.#store.registerRun(request))
  }

  async openImplicit(request: OpenImplicitRun): Promise<RunChanged | Refusal> {
    const { namespace, session, continues } = request
    // Whoever was in the session before has ended, and is not to be found beside this one.
    const before = this.#unstored.inNamespace(namespace)
    const ended = before.filter(({ run }) => this.live.get(run)?.session === session)
    if (ended.length > 0) await Promise.all(ended.map((end) => this.endImplicit(end)))
    if (continues !== null) this.#spoke({ namespace, run: continues })
    return this.#ask(namespace, () => this.#store.openImplicitRun(request))
  }

  /** It is still there. Costs the store nothing while the lease is held. */
  async heartbeat(request: RunRequest): Promise<RunChanged | Refusal> {
    const run = this.touch(request)
    if (run !== null) return { kind: 'run', run, contends: [] }
    this.#spoke(request)
    return this.#ask(request.namespace, () => this.#store.reviveRun(request))
  }

  /** The same without the store: null where the run has no lease. A pending one is held for no longer than it was. */
  touch(key: RunKey): RunRecord | null {
    const run = this.live.get(key)
    if (run === null || !this.leases.isHeld(key)) return null
    if (phaseOf(run) === 'running') this.leases.hold(key)
    return run
  }

  async token(request: ReportToken): Promise<TokenReported | Refusal> {
    // The agent of a resume that is to be given up is told so, also where no sweep has come to it yet.
    if (this.#isOverdue(request)) await this.#sweepFirst()
    this.#spoke(request)
    return this.#ask(request.namespace, () => withEnd(this.#store, request, this.#store.reportToken(request)))
  }

  async rejected(request: ReportRejected): Promise<RejectionTaken | Refusal> {
    this.#spoke(request)
    const answer = await this.#ask(request.namespace, () => this.#store.reportRejected(request))
    if (answer.kind === 'run') {
      const facts = { run: request.run, token: maskedToken(request.token), quarantined: answer.quarantined }
      this.#log.warn('an agent does not know the token that it was given', facts)
    }
    return answer
  }

  complete(request: CompleteRun): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => withEnd(this.#store, request, this.#store.completeRun(request)))
  }

  /** Ends what a holder's list does not name. */
  heldRuns(request: HolderRuns): Promise<HolderRunsEnded | Refusal> {
    return this.#ask(request.namespace, () => this.#store.endHolderRuns(request))
  }

  /** A client that knows no runs said how its session ended. What can not be stored now is tried again by each sweep. */
  async endImplicit(end: ClientEnd): Promise<void> {
    const { run, outcome, reason } = end
    try {
      await this.#end(run.namespace, { runs: [run], outcome, endedBy: 'client', reason })
      this.#unstored.forget(run)
    } catch (error) {
      if (isPassing(error)) this.#keepEnd(end)
      else this.#unstored.forget(run)
      throw error
    }
  }

  /** Its client said that it ended, and the store does not know yet. */
  isEnding(run: RunKey): boolean {
    return this.#unstored.has(run)
  }

  async beginResume(request: BeginResume): Promise<ResumeBegun | Held | Refusal> {
    await this.#sweepFirst()
    return this.#ask(request.namespace, () => this.#store.beginResume(request))
  }

  moveResume(request: RunRequest & { readonly runtimeId: string }): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => this.#store.moveResume(request))
  }

  resumeAccepted(request: RunRequest): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => this.#store.resumeAccepted(request))
  }

  /** What the store can not take in now is done by the first sweep that can, and keeps nobody waiting for its lease. */
  async giveUpResume(request: RunRequest & { readonly reason: string }): Promise<RunChanged | Refusal> {
    const { namespace, run, reason } = request
    try {
      return await this.#ask(namespace, () => this.#store.giveUpResume(request))
    } catch (error) {
      if (this.leases.has({ namespace, run })) {
        this.leases.hold({ namespace, run }, 0)
        this.#unwritten.set(runName({ namespace, run }), reason)
      }
      throw error
    }
  }

  /** Stores the ends that could not be stored before, and ends the runs whose lease is over. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepLapsed().finally(() => (this.#sweeping = null))
    return this.#sweeping
  }

  /** A claim or a registration that is repeated. */
  #saidAgain({ namespace, runId }: Pick<ClaimRun, 'namespace' | 'runId'>): void {
    if (runId !== undefined) this.#spoke({ namespace, run: runId })
  }

  /** A run that no sweep has ended yet says something: none ends it while the store is asked what that is worth. */
  #spoke(key: RunKey): void {
    const run = this.live.get(key)
    if (run !== null && phaseOf(run) === 'running' && this.leases.has(key)) this.leases.hold(key)
  }

  /** One that fails is made again each second, and the log says so then; it is no reason to turn somebody away. */
  async #sweepFirst(): Promise<void> {
    await this.sweep().catch(() => this.#log.debug('a sweep of leases failed before a claim or a resume'))
  }

  /** What can not be ended keeps nothing else from it. */
  async #sweepLapsed(): Promise<void> {
    const ends = this.#unstored.all()
    if (ends.length > 0) await this.#storeEndsAgain(ends)
    const lapsed = this.leases.lapsed().filter((key) => !this.isEnding(key))
    if (lapsed.length === 0) return
    const failures: unknown[] = []
    const noteFailure = (error: unknown): void => void failures.push(error)
    const overdue = lapsed.filter((key) => this.#isOverdue(key))
    for (const key of overdue) await this.#giveUp(key).catch(noteFailure)
    const silent = lapsed.filter((key) => !overdue.includes(key))
    for (const namespace of new Set(silent.map((key) => key.namespace))) {
      const runs = silent.filter((key) => key.namespace === namespace)
      for (let at = 0; at < runs.length; at += PAGE)
        await this.#interruptAll(namespace, runs.slice(at, at + PAGE), noteFailure)
    }
    if (failures.length > 0) throw failures[0]
  }

  /** A resume that is not confirmed, and whose time is over. */
  #isOverdue(key: RunKey): boolean {
    const run = this.live.get(key)
    return run !== null && phaseOf(run) === 'pending' && !this.leases.isHeld(key)
  }

  /** All in one go; where one of them can not be ended, the others are nevertheless. */
  async #interruptAll(
    namespace: string,
    runs: readonly RunKey[],
    noteFailure: (error: unknown) => void,
  ): Promise<void> {
    try {
      await this.#interrupt(namespace, runs)
    } catch (error) {
      if (runs.length === 1 || isPassing(error)) return noteFailure(error)
      for (const run of runs) await this.#interrupt(namespace, [run]).catch(noteFailure)
    }
  }

  /** Some may have been heard of while others were being ended. */
  async #interrupt(namespace: string, lapsed: readonly RunKey[]): Promise<void> {
    const runs = lapsed.filter((key) => !this.leases.isHeld(key))
    if (runs.length === 0) return
    const ended = await this.#end(namespace, { runs, outcome: 'interrupted', endedBy: 'lease' })
    for (const run of runs) this.#letGo(run)
    this.counts.swept += ended.length
    if (ended.length > 0) this.#log.info('runs were not heard of and are interrupted', { runs: ended.length })
  }

  async #giveUp(key: RunKey): Promise<void> {
    const reason = this.#unwritten.get(runName(key)) ?? NOT_CONFIRMED
    try {
      await this.giveUpResume({ ...key, actor: { door: 'hub' }, reason })
    } catch (error) {
      for (const listener of this.#overdueListeners) listener(key)
      throw error
    }
    this.#letGo(key)
    this.#log.info('a resume that was not confirmed is given up', { run: key.run })
  }

  #keepEnd(end: ClientEnd): void {
    const dropped = this.#unstored.keep(end)
    if (dropped === null) return
    const { run, outcome } = dropped
    this.#log.warn('too many ends could not be stored, a run counts as interrupted', {
      run: run.run,
      outcome,
    })
  }

  async #storeEndsAgain(ends: readonly ClientEnd[]): Promise<void> {
    const tried = await Promise.allSettled(ends.map((end) => this.endImplicit(end)))
    const stored = tried.filter(({ status }) => status === 'fulfilled').length
    if (stored > 0)
      this.#log.info('ends of runs that could not be stored before are stored', { runs: stored })
  }

  async #end(namespace: string, request: EndRuns): Promise<readonly RunRecord[]> {
    const { ended } = await this.#ask(namespace, async () => {
      return { kind: 'ended', ended: await this.#store.endRuns(request) }
    })
    return ended
  }

  /** Whatever it is, nobody holds it; unless it was heard of while it was being ended. */
  #letGo(key: RunKey): void {
    if (this.leases.isHeld(key)) return
    this.leases.release(key)
    this.live.forget(key)
  }

  /** Asks the store, and takes in what the answer tells of runs, unless a later call told of them before. */
  async #ask<Given extends Answer>(namespace: string, ask: () => Promise<Given>): Promise<Given> {
    const call = this.#order.begin()
    const isNews = ({ id: run }: RunRecord): boolean => this.#order.isNews(runName({ namespace, run }), call)
    try {
      const answer = await ask()
      const { run = null, ended = [], contends = [] } = answer
      for (const one of run === null ? ended : [...ended, run])
        if (isNews(one)) this.#hear({ namespace, run: one })
      for (const one of contends) if (isNews(one)) this.#note({ namespace, run: one })
      return answer
    } finally {
      this.#order.ended(call)
    }
  }

  /** A run was heard of, or it is over. */
  #hear(live: LiveRun): void {
    const { namespace, run } = live
    const key = { namespace, run: run.id }
    const phase = phaseOf(run)
    if (phase !== 'pending') this.#unwritten.delete(runName(key))
    if (phase === 'over') this.leases.release(key)
    else if (phase === 'running') this.leases.hold(key)
    else if (!this.leases.has(key)) this.leases.hold(key, PENDING_MS)
    this.#note(live)
  }

  /** As far as it is live here: what it is otherwise, an answer said. */
  #markContended({ namespace, run: marked }: LiveRun): void {
    const run = this.live.get({ namespace, run: marked.id })
    if (run !== null && !run.contended) this.#note({ namespace, run: { ...run, contended: true } })
  }

  #note(live: LiveRun): void {
    this.live.note(live)
    for (const listener of this.#listeners) listener(live)
  }

  /** A program that acts by itself begins anew although there is a conversation: somebody should know. */
  #warnOfWithheld({ key, intent }: ClaimRun, { verdict, withheld }: Claimed): void {
    if (intent !== 'auto' || withheld === null) return
    const { reason } = verdict
    this.#log.warn('a claim was given no token although there is one', {
      key,
      token: maskedToken(withheld),
      reason,
    })
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof HoldfastError && PASSING.has(error.code)
}
