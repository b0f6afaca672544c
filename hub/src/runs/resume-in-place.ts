import { must } from '@holdfast/shared/errors/assert'
import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { Actor } from '@holdfast/shared/records/actor'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import { judge } from '@holdfast/shared/resume/judge'
import { openCautions } from '@holdfast/shared/resume/open-cautions'
import type { CheckId, Verdict } from '@holdfast/shared/resume/verdict'
import type { Calls } from '../live/calls.ts'
import type { Log } from '../log/log.ts'
import type { Held, LiveRun, RunKey } from '../store/run-store.ts'
import type { SessionKey, Store } from '../store/store.ts'
import { lookForConversation, type ConversationAsked, type Look } from './evidence-questions.ts'
import { phaseOf } from './phase.ts'
import { asSeenNow, notable } from './resume-evidence.ts'
import {
  nobodyOnline,
  notResumed,
  resumed,
  resumeFailed,
  runnerUnable,
  startFailure,
  unavailable,
  unconfirmed,
  type NotResumed,
  type ResumeOutcome,
} from './resume-outcome.ts'
import type { Wait } from './resume-wait.ts'
import { ResumeWaits } from './resume-waits.ts'
import type { RunDesk } from './run-desk.ts'

/** What a runner has to answer in: what it sees, that it starts an agent, that it ends one. */
export const RUNNER_MS = { look: 5000, start: 15_000, stop: 15_000 } as const

const OVERLOADED = notResumed(
  refuse('overloaded', 'Many resumes are under way already. Wait until some of them are through.'),
)
const SHUTTING_DOWN = notResumed(
  refuse(
    'shutting_down',
    'The hub is shutting down; what it has begun may still come about. Look again in a moment.',
  ),
)
const NOWHERE = notResumed(
  refuse(
    'resume_unavailable',
    'It is not on record on which machine and in which directory this conversation is. Say so first: rebind the token, or set the path.',
  ),
)
const STORE_FAILED = resumeFailed('The hub could not read or write what is on record.')
const OVERDUE = resumeFailed(
  'The agent did not confirm in time that it loaded the conversation, and the hub can not write at the moment: look at its disk and its log. It gives the resume up as soon as it can.',
)
const TOKEN_CHANGED =
  "The session's resume token was changed meanwhile, and nothing was started. Look at the session and try again."

export interface ResumeParts {
  readonly store: Pick<Store, 'readSession' | 'readFacts' | 'noteEvidence'>
  readonly desk: RunDesk
  readonly calls: Calls
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
}

export interface ResumeAsked extends SessionKey {
  readonly actor: Actor
  /** The checks whose cautions a person accepts. */
  readonly acceptRisk: readonly CheckId[]
  readonly prompt: string | undefined
}

/** A resume that has the lease. */
interface Attempt {
  readonly asked: ResumeAsked
  readonly run: RunRecord
  readonly wait: Wait
}

/** What is resumed, and where: a run of which all of it is on record. */
type Place = ConversationAsked

/**
 * Resumes a session where it is: takes the lease, looks, judges, has the agent started, and waits until it has confirmed
 * the very token. The session is changed by that confirmation alone, so that nothing has to be undone, wherever it ends.
 */
export class ResumeInPlace {
  readonly #parts: ResumeParts
  readonly #waits = new ResumeWaits()
  #isEnding = false

  constructor(parts: ResumeParts) {
    this.#parts = parts
    parts.desk.onRun((change) => this.#heard(change))
    parts.desk.onOverdue((key) => this.#waits.find(key)?.cutShort(OVERDUE))
  }

  /**
   * Whoever waits is told so at once. What was started keeps its lease, and a confirmation that comes later counts; where
   * nothing was, nobody is kept from trying again.
   */
  shutDown(): void {
    this.#isEnding = true
    this.#waits.cutShort(SHUTTING_DOWN)
  }

  async resume(asked: ResumeAsked): Promise<ResumeOutcome | Held> {
    const { namespace, session, actor } = asked
    if (this.#waits.isFull(namespace)) return OVERLOADED
    const runId = this.#parts.newId()
    const begun = await this.#parts.desk.beginResume({ namespace, session, actor, runId })
    if (begun.kind === 'refused') return notResumed(begun)
    if (begun.kind === 'held') return begun
    const { run, facts } = begun
    if (run === null) return unavailable(judge(facts, 'operator'))
    using wait = this.#waits.open({ namespace, run: run.id })
    if (this.#waits.isOverfull(namespace)) return await this.#giveUp(asked, run, OVERLOADED)
    if (this.#isEnding) return await this.#giveUp(asked, run, SHUTTING_DOWN)
    const cut = wait.cut.then((why) => (wait.isStartAsked ? why : this.#giveUp(asked, run, why)))
    return await Promise.race([this.#carryOut({ asked, run, wait }, facts), cut])
  }

  /** Where the store fails before anything was started, nobody is kept from trying again. */
  async #carryOut(attempt: Attempt, facts: ResumeFacts): Promise<ResumeOutcome> {
    const { asked, run, wait } = attempt
    try {
      return await this.#attempt(attempt, facts)
    } catch (error) {
      if (!wait.isStartAsked) {
        await this.#giveUp(asked, run, STORE_FAILED).catch((again: unknown) =>
          this.#parts.log.error('a resume that failed is held until the store works', again),
        )
      }
      throw error
    }
  }

  async #attempt(attempt: Attempt, begun: ResumeFacts): Promise<ResumeOutcome> {
    const { asked, run } = attempt
    const place = placeOf(asked, run)
    const look = place === null ? null : await lookForConversation(this.#parts.calls, place, RUNNER_MS.look)
    const facts = look === null || place === null ? begun : await this.#factsAfter(attempt, place, look)
    const verdict = judge(facts, 'operator')
    const refused = refusalOf(run, verdict) ?? this.#noRunner(place) ?? cautionsOf(asked, verdict)
    if (place === null || refused !== null) return this.#giveUp(asked, run, refused ?? NOWHERE)
    return this.#start(attempt, { ...place, runtimeId: look?.runtimeId ?? place.runtimeId })
  }

  /** Comes before the cautions: nobody is asked to accept them for what could not be started anyway. */
  #noRunner(place: Place | null): NotResumed | null {
    if (place === null) return NOWHERE
    const { namespace, machineId } = place
    const isThere = this.#parts.calls.isAnswered('start-run', { namespace, id: machineId })
    return isThere ? null : this.#nobody(place)
  }

  /** What is on record once what was seen is on record too. */
  async #factsAfter({ asked, run }: Attempt, place: Place, look: Look): Promise<ResumeFacts> {
    const { store, now } = this.#parts
    const { namespace, session } = asked
    const { flavor, token, machineId } = place
    const seen = notable(look)
    if (seen !== null) await store.noteEvidence({ namespace, session, flavor, token, ...seen })
    const claimant = look.runtimeId === null ? undefined : { machineId, runtimeId: look.runtimeId }
    const facts = await store.readFacts({ namespace, session, flavor, claimant, besides: run.id })
    return asSeenNow(must(facts, 'a session with a run is there'), look, now())
  }

  async #start({ asked, run, wait }: Attempt, place: Place): Promise<ResumeOutcome> {
    const { calls, desk, store } = this.#parts
    const { namespace, session, actor, prompt } = asked
    const { machineId, flavor, token, directory, runtimeId } = place
    const target = { namespace, id: machineId }
    const { settings } = must(await store.readSession(asked), 'a session with a run is there')
    // What the agent says of its token is then on record as said in the runtime where it ran.
    if (runtimeId !== null && runtimeId !== run.runtimeId) {
      const moved = await desk.moveResume({ namespace, run: run.id, actor, runtimeId })
      if (moved.kind === 'refused') return this.#giveUp(asked, run, resumeFailed(moved.message))
    }
    if (this.#isEnding) return SHUTTING_DOWN
    const params = {
      sessionId: session,
      runId: run.id,
      flavor,
      token,
      directory,
      settings,
      ...(runtimeId === null ? {} : { runtimeId }),
      ...(prompt === undefined ? {} : { prompt }),
    }
    wait.isStartAsked = true
    const asking = calls.call('start-run', target, { params, timeoutMs: RUNNER_MS.start })
    // The agent's own word, through its wrapper, may come before the runner's, and counts more.
    const started = await Promise.race([asking, wait.over.then(() => null)])
    if (started === null) return wait.over
    const failure = startFailure(started, () => this.#nobody(place))
    if (failure !== null) return this.#giveUp(asked, run, failure)
    if (started.kind === 'answer') await this.#noteAccepted(asked, run)
    return wait.over
  }

  /** Where that can not be stored, the agent is about to start all the same, and its own word counts. */
  async #noteAccepted({ namespace, actor }: ResumeAsked, { id }: RunRecord): Promise<void> {
    const { desk, log } = this.#parts
    try {
      await desk.resumeAccepted({ namespace, run: id, actor })
    } catch (error) {
      log.error('a runner accepted a resume, and that could not be stored', error, { run: id })
    }
  }

  #nobody({ namespace, machineId, sessionId }: Place): NotResumed {
    const where = { session: sessionId, machineId }
    const isReleased = this.#parts.calls.isAnswered('spawn-happy-session', { namespace, id: machineId })
    return isReleased ? runnerUnable(where) : nobodyOnline(where)
  }

  /** The run is over, but for one whose agent has confirmed meanwhile. */
  async #giveUp(
    { namespace, actor }: ResumeAsked,
    { id }: RunRecord,
    why: NotResumed,
  ): Promise<ResumeOutcome> {
    const reason = why.more.reason ?? why.refusal.message
    const given = await this.#parts.desk.giveUpResume({ namespace, run: id, actor, reason })
    return given.kind === 'run' && phaseOf(given.run) === 'running' ? resumed(given.run) : why
  }

  #heard(change: LiveRun): void {
    const { namespace, run } = change
    if (run.kind !== 'resume') return
    this.#waits.tell(change)
    if (!isGivenUp(run) || !this.#mayBeStarted({ namespace, run: run.id })) return
    this.#stop(change).catch((error: unknown) =>
      this.#parts.log.error('a runner could not be told to stop', error),
    )
  }

  /** Of a resume from before a restart of the hub it is not known. */
  #mayBeStarted(key: RunKey): boolean {
    return this.#waits.find(key)?.isStartAsked ?? true
  }

  /** Best effort: where nobody hears it, what was started ends itself as soon as it reports to the run. */
  async #stop({ namespace, run: { id, session, machineId } }: LiveRun): Promise<void> {
    if (machineId === null) return
    const { calls, log } = this.#parts
    const request = { params: { runId: id, sessionId: session }, timeoutMs: RUNNER_MS.stop }
    const answer = await calls.call('stop-run', { namespace, id: machineId }, request)
    log.info('a runner was told to end what it started', { session, run: id, answer: answer.kind })
  }
}

/** Null where it is not on record on which machine and in which directory the conversation is. */
function placeOf({ namespace, session }: SessionKey, run: RunRecord): Place | null {
  const { flavor, token, machineId, directory, runtimeId } = run
  if (flavor === null || token === null || machineId === null || directory === null) return null
  return { namespace, sessionId: session, machineId, flavor, token, directory, runtimeId }
}

/** What speaks against it whatever a person accepts. */
function refusalOf({ token }: RunRecord, verdict: Verdict): NotResumed | null {
  if (verdict.token === undefined) return unavailable(verdict)
  return verdict.token === token ? null : resumeFailed(TOKEN_CHANGED)
}

/** What a person would have to accept, and has not. */
function cautionsOf({ acceptRisk }: ResumeAsked, verdict: Verdict): NotResumed | null {
  const cautions = openCautions(verdict, acceptRisk)
  return cautions.length === 0 ? null : unconfirmed(cautions)
}

/** Whatever was started for it is to end; one that ended by its own word has ended. */
function isGivenUp({ state, endedBy }: RunRecord): boolean {
  return state === 'withdrawn' || (state === 'failed' && endedBy === 'hub')
}
