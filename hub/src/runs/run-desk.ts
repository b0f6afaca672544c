import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
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
  #sweeping: Promise<void> | null = null

  private constructor({ store, log, leaseMs, elapsed }: RunDeskParts) {
    this.#store = store
    this.#log = log
    this.leases = new Leases(leaseMs, elapsed)
  }

  /** Every run that was live when the hub ended has its whole lease again. */
  static async open(parts: RunDeskParts): Promise<RunDesk> {
    const desk = new RunDesk(parts)
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

  async claim(request: ClaimRun): Promise<Claimed | ClaimHeld | Unconfirmed | Refusal> {
    await this.sweep()
    const answer = await this.#ask(request.namespace, () => this.#store.claimRun(request))
    const isResumed = answer.kind === 'claimed' && answer.verdict.token !== undefined
    this.counts.claims[answer.kind !== 'claimed' ? answer.kind : isResumed ? 'resume' : 'fresh'] += 1
    if (answer.kind === 'claimed' && answer.replayed === undefined) this.#warnOfWithheld(request, answer)
    return answer
  }

  register(request: RegisterRun): Promise<RunRegistered | Refusal> {
    return this.#ask(request.namespace, () => this.#store.registerRun(request))
  }

  openImplicit(request: OpenImplicitRun): Promise<RunChanged | Refusal> {
    const { namespace, continues } = request
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

  token(request: ReportToken): Promise<TokenReported | Refusal> {
    const { namespace, run } = request
    this.#spoke(request)
    return this.#ask(namespace, async () => {
      const answer = await this.#store.reportToken(request)
      if (answer.kind === 'run' || answer.code !== 'identity_mismatch') return answer
      // Refused, and yet it ended the run: a resume whose agent loaded another conversation.
      return { ...answer, run: await this.#store.readRun({ namespace, run }) }
    })
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
    return this.#ask(request.namespace, () => this.#store.completeRun(request))
  }

  /** Ends what a holder's list does not name. */
  heldRuns(request: HolderRuns): Promise<HolderRunsEnded | Refusal> {
    return this.#ask(request.namespace, () => this.#store.endHolderRuns(request))
  }

  /** A client that knows no runs said how its session ended. */
  async endImplicit(run: RunKey, end: Pick<EndRuns, 'outcome' | 'reason'>): Promise<void> {
    await this.#end(run.namespace, { ...end, runs: [run], endedBy: 'client' })
  }

  async beginResume(request: BeginResume): Promise<ResumeBegun | Held | Refusal> {
    await this.sweep()
    return this.#ask(request.namespace, () => this.#store.beginResume(request))
  }

  moveResume(request: RunRequest & { readonly runtimeId: string }): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => this.#store.moveResume(request))
  }

  resumeAccepted(request: RunRequest): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => this.#store.resumeAccepted(request))
  }

  giveUpResume(request: RunRequest & { readonly reason: string }): Promise<RunChanged | Refusal> {
    return this.#ask(request.namespace, () => this.#store.giveUpResume(request))
  }

  /** Ends the runs whose lease is over. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepLapsed().finally(() => (this.#sweeping = null))
    return this.#sweeping
  }

  /** A run that no sweep has ended yet says something: none ends it while the store is asked what that is worth. */
  #spoke(key: RunKey): void {
    const run = this.live.get(key)
    if (run !== null && phaseOf(run) === 'running' && this.leases.has(key)) this.leases.hold(key)
  }

  async #sweepLapsed(): Promise<void> {
    const lapsed = this.leases.lapsed()
    if (lapsed.length === 0) return
    const isPending = (key: RunKey): boolean => {
      const run = this.live.get(key)
      return run !== null && phaseOf(run) === 'pending'
    }
    for (const key of lapsed.filter(isPending)) await this.#giveUp(key)
    const silent = lapsed.filter((key) => !isPending(key))
    for (const namespace of new Set(silent.map((key) => key.namespace))) {
      const runs = silent.filter((key) => key.namespace === namespace)
      for (let at = 0; at < runs.length; at += PAGE)
        await this.#interrupt(namespace, runs.slice(at, at + PAGE))
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
    await this.giveUpResume({ ...key, actor: { door: 'hub' }, reason: NOT_CONFIRMED })
    this.#letGo(key)
    this.#log.info('a resume was not confirmed in time and is given up', { run: key.run })
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
    const isNews = ({ id }: RunRecord): boolean => this.#order.isNews(JSON.stringify([namespace, id]), call)
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
    if (phase === 'over') this.leases.release(key)
    else if (phase === 'running') this.leases.hold(key)
    else if (!this.leases.has(key)) this.leases.hold(key, PENDING_MS)
    this.#note(live)
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
