import type { ResumeOutcome } from '@holdfast/hub/runs/resume-outcome'
import type { Held } from '@holdfast/hub/store/run-store'
import type { StartRunParams } from '@holdfast/shared/protocol/rpc/start-run'
import { below, between, chance, pick, type Random } from '../random.ts'
import type { Agenda } from './agenda.ts'
import type { AgentProcess } from './agent-process.ts'
import { Dispatcher } from './dispatcher.ts'
import { HubLife } from './hub-life.ts'
import { Network } from './network.ts'
import { Person } from './person.ts'
import { ReleasedProgram } from './released-program.ts'
import type { RunLedger, TokenAt } from './run-ledger.ts'
import { SimulatedRunners } from './simulated-runner.ts'
import { NAMESPACE, type WatchedStore } from './watched-store.ts'

export interface WorldParts {
  readonly agenda: Agenda
  readonly random: Random
  readonly store: WatchedStore
  readonly ledger: RunLedger
  readonly newId: () => string
}

/** Everybody there is, but for the hub, which comes and goes. */
export class World {
  readonly namespace = NAMESPACE
  readonly actor = { door: 'http' } as const
  readonly flavors = ['claude', 'cursor'] as const
  readonly keys: readonly string[]
  readonly machines = ['machine-a', 'machine-b'] as const
  readonly runtimes = ['runtime-a', 'runtime-b'] as const
  readonly agenda: Agenda
  readonly random: Random
  readonly store: WatchedStore
  readonly ledger: RunLedger
  readonly newId: () => string
  readonly network: Network
  readonly processes: AgentProcess[] = []
  readonly counts: Record<string, number> = {}
  readonly #runners: SimulatedRunners
  #hub: HubLife | null = null
  #tokens = 0

  constructor({ agenda, random, store, ledger, newId }: WorldParts) {
    this.agenda = agenda
    this.random = random
    this.store = store
    this.ledger = ledger
    this.newId = newId
    this.keys = ['issue-1', 'issue-2', 'issue-3'].slice(0, between(random, 1, 3))
    const failed = (error: unknown): void => this.broken(error)
    this.network = new Network({ agenda, random, hub: () => this.#hub, failed })
    this.#runners = new SimulatedRunners(this)
    for (let index = between(random, 2, 4); index > 0; index -= 1) {
      const runtimeId = chance(random, 0.1) ? null : this.runtimes[chance(random, 0.75) ? 0 : 1]
      const machineId = this.machines[chance(random, 0.75) ? 0 : 1]
      void new Dispatcher(this, { name: `dispatcher-${index}`, machineId, runtimeId })
    }
    void new Person(this)
    this.#bringReleased()
  }

  hub(): HubLife | null {
    return this.#hub
  }

  /** A hub that starts knows nothing but what the store has. */
  async startHub(): Promise<void> {
    const { agenda, store, newId } = this
    await store.idle()
    this.ledger.hubStart = agenda.now
    this.#hub = await HubLife.start({
      store,
      newId,
      calls: this.#runners,
      now: () => agenda.now,
      failed: (error) => this.broken(error),
    })
  }

  killHub(): void {
    this.#hub?.kill()
    this.#hub = null
  }

  /** Nothing here is the caller's fault, so nothing may fail. */
  broken(error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.ledger.wrong('fell', what)
  }

  count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1
  }

  flavorOf(key: string): string {
    return this.flavors[this.keys.indexOf(key) % 2] ?? 'claude'
  }

  anySession(): string | null {
    const sessions = [...this.store.sessions.values()]
    return sessions.length === 0 ? null : pick(this.random, sessions)
  }

  /** A token that is new, or, as agents do that take up what lies there, one that was there before. */
  tokenFor({ flavor }: Pick<TokenAt, 'session' | 'flavor'>): string {
    const { random, ledger } = this
    const had = ledger.said.filter((token) => token.flavor === flavor)
    if (had.length > 0 && chance(random, 0.2)) return had[below(random, had.length)]?.token ?? ''
    this.#tokens += 1
    return `token-${this.#tokens}`
  }

  /** A runner is told to resume: nobody else may be there any more. */
  handedToRunner({ runId, token }: StartRunParams): void {
    this.count('starts of runners')
    const run = this.ledger.runs.get(runId)
    if (run?.token !== token) this.ledger.wrong('lease', `a runner was given ${token} for ${runId}`)
    else this.ledger.letIn({ run, token, isAuto: false })
  }

  resumed(answer: ResumeOutcome | Held): void {
    this.count(answer.kind === 'not-resumed' ? `resume ${answer.refusal.code}` : `resume ${answer.kind}`)
  }

  #bringReleased(): void {
    const { agenda, random } = this
    agenda.after(between(random, 5000, 90_000), 'a released client comes', () => {
      const session = this.anySession()
      const key = [...this.store.sessions].find(([, id]) => id === session)?.[0]
      if (session !== null && key !== undefined) {
        const flavor = this.flavorOf(key)
        void new ReleasedProgram(this, { session, flavor, machineId: pick(random, this.machines) })
      }
      agenda.after(between(random, 40_000, 90_000), 'the next released client', () => this.#bringReleased())
    })
  }
}
