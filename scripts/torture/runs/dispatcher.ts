import { CHECK_IDS } from '@holdfast/shared/resume/verdict'
import { between, chance, pick } from '../random.ts'
import { AgentProcess } from './agent-process.ts'
import type { World } from './world.ts'

export interface Post {
  readonly name: string
  readonly machineId: string
  readonly runtimeId: string | null
}

/** A program that gives out work: it claims, starts an agent with what it is told, and may be killed and started again. */
export class Dispatcher {
  readonly #world: World
  readonly #post: Post
  /** Whether it says which program it is, and in which of its lives. */
  readonly #saysHolder: boolean
  #boot = 1
  #processes: AgentProcess[] = []

  constructor(world: World, post: Post) {
    this.#world = world
    this.#post = post
    this.#saysHolder = chance(world.random, 0.6)
    this.#pause()
  }

  #pause(): void {
    const { agenda, random } = this.#world
    agenda.after(between(random, 1000, 30_000), `${this.#post.name} thinks`, () => {
      this.#act()
      this.#pause()
    })
  }

  #act(): void {
    const chosen = this.#world.random()
    if (chosen < 0.1) this.#restart()
    else if (chosen < 0.2) this.#sayHeld()
    else this.#claim(this.#world.newId())
  }

  get #holder(): { id: string; boot: number } | undefined {
    return this.#saysHolder ? { id: this.#post.name, boot: this.#boot } : undefined
  }

  #claim(runId: string): void {
    const { random, namespace, actor, network } = this.#world
    const key = pick(random, this.#world.keys)
    const flavor = chance(random, 0.92) ? this.#world.flavorOf(key) : pick(random, this.#world.flavors)
    const isPerson = chance(random, 0.15)
    const boot = this.#boot
    const { machineId, runtimeId } = this.#post
    const request = {
      namespace,
      actor,
      key,
      runId,
      flavor,
      machineId,
      runtimeId,
      holder: this.#holder,
      directory: chance(random, 0.8) ? '/projects/one' : '/projects/two',
      ...(chance(random, 0.2)
        ? { evidence: { transcript: pick(random, ['present', 'absent', 'unknown'] as const) } }
        : {}),
      intent: isPerson ? 'operator' : 'auto',
      ...(isPerson && chance(random, 0.7) ? { acceptRisk: CHECK_IDS } : {}),
    } as const
    network.send({
      name: `${this.#post.name} claims ${key} as ${runId}`,
      ask: (hub) => hub.desk.claim(request),
      got: (answer) => {
        if (answer.kind !== 'claimed' || boot !== this.#boot) return
        const { session } = answer.run
        this.#start({ run: runId, session, flavor, token: answer.run.token })
      },
      again: chance(random, 0.5) ? 2 : 0,
      gaveUp: () => {
        if (boot === this.#boot && chance(random, 0.4)) this.#beginAlone(key, flavor)
      },
    })
  }

  #start(started: AgentProcess['started']): void {
    this.#processes.push(new AgentProcess(this.#world, started))
  }

  /** The hub is away: the agent begins all the same, and the hub is told when it is back. */
  #beginAlone(key: string, flavor: string): void {
    const { namespace, actor, network } = this.#world
    const { machineId, runtimeId } = this.#post
    const run = this.#world.newId()
    const request = { namespace, actor, key, runId: run, flavor, machineId, runtimeId, holder: this.#holder }
    network.send({
      name: `${this.#post.name} began ${key} alone as ${run}`,
      ask: (hub) => hub.desk.register(request),
      got: (answer) => {
        if (answer.kind === 'run') this.#start({ run, session: answer.run.session, flavor, token: null })
      },
      again: 8,
    })
  }

  /** Killed: what it started mostly ends with it. */
  #restart(): void {
    const { random } = this.#world
    this.#boot += 1
    const survivors = this.#processes.filter(() => chance(random, 0.2))
    for (const process of this.#processes) if (!survivors.includes(process)) process.kill()
    // It does not know of those that survived it.
    this.#processes = []
    if (chance(random, 0.5)) this.#sayHeld()
    if (chance(random, 0.6)) this.#claim(this.#world.newId())
  }

  #sayHeld(): void {
    const { namespace, network } = this.#world
    const holder = this.#holder
    if (holder === undefined) return
    this.#processes = this.#processes.filter(({ isAlive }) => isAlive)
    const runs = this.#processes.map(({ started }) => started.run)
    network.send({
      name: `${this.#post.name} has ${runs.length} runs`,
      ask: (hub) => hub.desk.heldRuns({ namespace, holder, runs }),
      got: () => undefined,
    })
  }
}
