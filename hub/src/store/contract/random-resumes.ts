import * as fc from 'fast-check'
import type { Actor } from '@holdfast/shared/records/actor'
import type { RunRecord } from '@holdfast/shared/records/run'
import { CHECK_IDS } from '@holdfast/shared/resume/verdict'
import type { SessionKey, Store } from '../store.ts'

/** A few sessions, tokens, machines and runs, so that they meet each other often. */
const TAGS = ['a', 'b', 'c'] as const
const tag = fc.constantFrom(...TAGS)
const token = fc.constantFrom('t1', 't1', 't2')
const flavor = fc.constantFrom('claude', 'claude', 'claude', 'claude', 'codex', 'dsh')
const machineId = fc.constantFrom('m1', 'm1', 'm2')
const runtimeId = fc.constantFrom('r1', 'r2', null)
const directory = fc.constantFrom('/one', '/two')
/** Counted back from the newest. */
const run = fc.constantFrom(0, 0, 0, 1, 2)

const patch = fc.record(
  {
    flavor,
    machineId,
    path: directory,
    claudeSessionId: token,
    codexSessionId: token,
    name: fc.constantFrom('x', 'y'),
  },
  { requiredKeys: [] },
)

const transcript = fc.constantFrom(
  { state: 'present', because: null } as const,
  { state: 'absent', because: null } as const,
  { state: 'ambiguous', because: null } as const,
  { state: 'unknown', because: 'config_dir_unusable' } as const,
)
const directoryState = fc.constantFrom('present', 'absent', 'unknown')
const state = fc.constantFrom('provisional', 'confirmed')
const outcome = fc.constantFrom('success', 'success', 'failed', 'cancelled')
const place = { tag, flavor, machineId, runtimeId, directory }

/** Everything that can change what a list says of a session. */
export const resumeStep = fc.oneof(
  fc.record({ kind: fc.constant('patch'), tag, patch }),
  fc.record({ kind: fc.constant('clear'), tag, flavor }),
  fc.record({ kind: fc.constant('put-back'), tag, flavor, token }),
  fc.record({ kind: fc.constant('rebind'), tag, flavor, token, machineId, runtimeId }),
  fc.record({ kind: fc.constant('look'), tag, flavor, token, transcript, directoryState }),
  fc.record({ kind: fc.constant('claim'), ...place, isPerson: fc.boolean() }),
  fc.record({ kind: fc.constant('register'), ...place }),
  fc.record({ kind: fc.constant('implicit'), tag }),
  fc.record({ kind: fc.constant('token'), run, token, state }),
  fc.record({ kind: fc.constant('token'), run, token, state }),
  fc.record({ kind: fc.constant('rejected'), run, token }),
  fc.record({ kind: fc.constant('complete'), run, outcome, token: fc.option(token, { nil: undefined }) }),
  fc.record({ kind: fc.constant('complete'), run, outcome, token: fc.constant(undefined) }),
  fc.record({ kind: fc.constant('lapse'), run }),
  fc.record({ kind: fc.constant('lapse'), run }),
  fc.record({ kind: fc.constant('revive'), run }),
  fc.record({ kind: fc.constant('resume'), tag }),
  fc.record({ kind: fc.constant('accepted'), run }),
  fc.record({ kind: fc.constant('given-up'), run }),
)
type ResumeStep = typeof resumeStep extends fc.Arbitrary<infer Step> ? Step : never
type InSession = Exclude<Extract<ResumeStep, { tag: string }>, { kind: 'claim' | 'register' }>

const ACTOR: Actor = { door: 'http', device: 'd1' }

type Opened = { readonly kind: string } | { readonly kind: string; readonly run: RunRecord | null }

/** A namespace of its own, with its sessions in it. */
export class ResumeWorld {
  readonly store: Store
  readonly namespace: string
  readonly sessions = new Map<string, SessionKey>()
  /** In the order in which they were begun. */
  readonly runs: string[] = []
  #ids = 0

  constructor(store: Store, namespace: string) {
    this.store = store
    this.namespace = namespace
  }

  async open(): Promise<void> {
    for (const each of TAGS) {
      const made = await this.store.createOrLoadSession({
        namespace: this.namespace,
        tag: each,
        actor: ACTOR,
        metadata: each === 'c' ? {} : { flavor: 'claude', machineId: 'm1', path: '/one' },
      })
      if (made.kind === 'refused') throw new Error(made.message)
      this.sessions.set(each, { namespace: this.namespace, session: made.session.id })
    }
  }

  /** What it answers does not matter: much of it is refused. */
  async take(step: ResumeStep): Promise<unknown> {
    const { store, namespace } = this
    const by = { namespace, actor: ACTOR }
    const at = 'tag' in step ? { ...by, ...this.#key(step.tag) } : by
    const of = { ...by, run: 'run' in step ? (this.runs.at(-1 - step.run) ?? 'none') : 'none' }
    switch (step.kind) {
      case 'claim':
      case 'register':
        return this.#open(step)
      case 'token':
        return store.reportToken({ ...of, token: step.token, state: step.state })
      case 'rejected':
        return store.reportRejected({ ...of, token: step.token, message: 'no such' })
      case 'complete':
        return store.completeRun({ ...of, outcome: step.outcome, token: step.token })
      case 'lapse':
        return store.endRuns({ runs: [of], outcome: 'interrupted', endedBy: 'lease' })
      case 'revive':
        return store.reviveRun(of)
      case 'accepted':
        return store.resumeAccepted(of)
      case 'given-up':
        return store.giveUpResume({ ...of, reason: 'no answer' })
      case 'patch':
      case 'clear':
      case 'put-back':
      case 'rebind':
      case 'look':
      case 'implicit':
      case 'resume':
        return this.#write(step, { ...this.#key(step.tag), ...at })
    }
  }

  #write(step: InSession, at: SessionKey & { actor: Actor }): Promise<unknown> {
    const { store } = this
    switch (step.kind) {
      case 'patch':
        return store.patchSessionMetadata({ ...at, patch: step.patch })
      case 'clear':
        return store.clearResumeToken({ ...at, flavor: step.flavor })
      case 'put-back':
        return store.putBackToken({ ...at, flavor: step.flavor, value: step.token })
      case 'rebind':
        return store.rebindToken({ ...step, ...at, reason: 'because' })
      case 'look':
        return store.noteEvidence({ ...step, ...at, directory: step.directoryState })
      case 'implicit':
        return this.#noteBegun(store.openImplicitRun({ ...at, continues: null }))
      case 'resume':
        return this.#noteBegun(store.beginResume({ ...at, runId: this.#newRun() }))
    }
  }

  #open(step: Extract<ResumeStep, { directory: string }>): Promise<unknown> {
    const { flavor: agent, machineId: machine, runtimeId: runtime, directory: path } = step
    const asked = {
      namespace: this.namespace,
      actor: ACTOR,
      key: step.tag,
      runId: this.#newRun(),
      flavor: agent,
      machineId: machine,
      runtimeId: runtime,
      directory: path,
    }
    if (step.kind === 'register') return this.#noteBegun(this.store.registerRun(asked))
    const isPerson = 'isPerson' in step && step.isPerson
    const intent = isPerson ? 'operator' : 'auto'
    return this.#noteBegun(this.store.claimRun({ ...asked, intent, acceptRisk: CHECK_IDS }))
  }

  async #noteBegun(opening: Promise<Opened>): Promise<Opened> {
    const answer = await opening
    if ('run' in answer && answer.run !== null) this.runs.push(answer.run.id)
    return answer
  }

  #newRun(): string {
    this.#ids += 1
    return `run-${this.#ids}`
  }

  #key(name: string): SessionKey {
    const key = this.sessions.get(name)
    if (key === undefined) throw new Error(`There is no session ${name}.`)
    return key
  }
}
