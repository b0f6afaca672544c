import type { CallName } from '@holdfast/shared/protocol/calls'
import type { StartRunParams } from '@holdfast/shared/protocol/rpc/start-run'
import type { Calls, CallResult, CallTarget } from '@holdfast/hub/live/calls'
import { between, chance, pick } from '../random.ts'
import { AgentProcess } from './agent-process.ts'
import type { World } from './world.ts'

const ANSWERS: readonly CallName[] = ['look-for-conversation', 'start-run', 'stop-run']

/** The runners of all machines, as the hub calls them: they may see nothing, refuse, stay silent, or die in between. */
export class SimulatedRunners implements Calls {
  readonly #world: World
  readonly #away = new Set<string>()
  readonly #started = new Map<string, AgentProcess>()

  constructor(world: World) {
    this.#world = world
    for (const machine of world.machines) this.#comeAndGo(machine)
  }

  #comeAndGo(machine: string): void {
    const { agenda, random } = this.#world
    const ms = this.#away.has(machine) ? between(random, 1000, 10_000) : between(random, 10_000, 60_000)
    agenda.after(ms, `the runner of ${machine} comes or goes`, () => {
      if (!this.#away.delete(machine)) this.#away.add(machine)
      this.#comeAndGo(machine)
    })
  }

  isAnswered(name: CallName, { id }: CallTarget): boolean {
    return ANSWERS.includes(name) && !this.#away.has(id)
  }

  /** Its type is that of every call at once, so what is answered is not looked at by the compiler. */
  call: Calls['call'] = (name, target, { params }) => {
    if (!this.isAnswered(name, target)) return Promise.resolve({ kind: 'absent' })
    return this.#answer(name, params) as Promise<CallResult<never>>
  }

  #answer(name: CallName, params: unknown): Promise<unknown> {
    const { random } = this.#world
    if (chance(random, 0.1)) return this.#after(5000, { kind: 'lost' })
    if (name === 'look-for-conversation')
      return this.#after(between(random, 10, 3000), { kind: 'answer', answer: this.#look() })
    if (name === 'start-run') return this.#start(params as StartRunParams)
    return this.#stop((params as { runId: string }).runId)
  }

  #look(): object {
    const { random, runtimes } = this.#world
    const state = pick(random, ['present', 'present', 'present', 'absent', 'unknown'] as const)
    return {
      transcript: { state },
      directory: { state: chance(random, 0.9) ? 'present' : 'unknown' },
      ...(chance(random, 0.8) ? { runtimeId: runtimes[0] } : {}),
    }
  }

  #start(params: StartRunParams): Promise<unknown> {
    const { random } = this.#world
    if (chance(random, 0.1))
      return this.#after(50, { kind: 'answer', answer: { type: 'refused', message: 'It does not start.' } })
    this.#world.handedToRunner(params)
    this.#world.agenda.after(between(random, 50, 8000), `the agent of ${params.runId} starts`, () =>
      this.#begin(params),
    )
    return this.#after(between(random, 10, 6000), { kind: 'answer', answer: { type: 'accepted' } })
  }

  #begin({ runId: run, sessionId: session, flavor, token }: StartRunParams): void {
    const { random, agenda } = this.#world
    const chosen = random()
    if (chosen < 0.15) return
    const process = new AgentProcess(this.#world, { run, session, flavor, token })
    this.#started.set(run, process)
    const loaded = chosen < 0.3 ? this.#world.tokenFor({ session, flavor }) : token
    const ms = chosen < 0.45 ? between(random, 20_000, 150_000) : between(random, 10, 2000)
    agenda.after(ms, `the agent of ${run} has loaded ${loaded}`, () => {
      if (process.isAlive) process.confirm(loaded)
    })
  }

  #stop(run: string): Promise<unknown> {
    this.#started.get(run)?.kill()
    return this.#after(100, { kind: 'answer', answer: { status: 'stopped' } })
  }

  #after(ms: number, answer: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.#world.agenda.after(ms, 'a runner answers', () => resolve(answer))
    })
  }
}
