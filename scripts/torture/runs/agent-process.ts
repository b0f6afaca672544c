import { between, chance, pick } from '../random.ts'
import type { World } from './world.ts'

const HEARTBEAT_MS = 3000

/** What a program that was told that its run is lost does. */
type Ending = 'ends' | 'goes-on'

export interface Started {
  readonly run: string
  readonly session: string
  readonly flavor: string
  /** The token that it was given; null where it begins anew. */
  readonly token: string | null
}

interface Refusable {
  readonly kind: string
  readonly code?: string
}

/**
 * An agent and the program around it: it says that it is there, says what its token is, and ends in some way. It may sleep,
 * die without a word, load another conversation, or not hear that it has lost its lease.
 */
export class AgentProcess {
  isAlive = true
  readonly started: Started
  readonly #world: World
  readonly #whenLost: Ending
  #token: string | null
  #sleepsUntil = 0

  constructor(world: World, started: Started) {
    this.#world = world
    this.started = started
    this.#token = started.token
    this.#whenLost = chance(world.random, 0.25) ? 'goes-on' : 'ends'
    world.processes.push(this)
    this.#live()
  }

  kill(): void {
    this.isAlive = false
  }

  /** Says that it loaded a token, as the agent of a resume does. */
  confirm(token: string): void {
    this.#report(token, 'confirmed')
  }

  #live(): void {
    const { random } = this.#world
    const begun = between(random, 300, 4000)
    this.#later(begun, () => this.#learn())
    if (chance(random, 0.15)) this.#later(begun + between(random, 500, 15_000), () => this.#change())
    this.#later(begun + between(random, 1000, 25_000), () => this.#end())
    if (chance(random, 0.4)) this.#later(between(random, 1000, 8000), () => this.#sleep())
    this.#beat()
  }

  #later(ms: number, act: () => void): void {
    const { agenda } = this.#world
    agenda.after(ms, `process of ${this.started.run}`, () => {
      const rest = this.#sleepsUntil - agenda.now
      if (!this.isAlive) return
      if (rest > 0) this.#later(rest, act)
      else act()
    })
  }

  /** A laptop that is closed: when it wakes, it says at once what it has. */
  #sleep(): void {
    const { agenda, random } = this.#world
    this.#sleepsUntil = agenda.now + between(random, 8000, 60_000)
    this.#later(0, () => this.#change())
  }

  #beat(): void {
    const { namespace, actor } = this.#world
    const { run } = this.started
    this.#world.network.send({
      name: `heartbeat of ${run}`,
      ask: async (hub) => {
        const answer = await hub.desk.heartbeat({ namespace, run, actor })
        if (answer.kind === 'run') this.#world.ledger.heartbeat(run)
        return answer
      },
      got: (answer) => this.#heard(answer),
    })
    this.#later(HEARTBEAT_MS, () => this.#beat())
  }

  #heard(answer: Refusable): void {
    if (answer.code === 'lease_lost' && this.#whenLost === 'ends') this.isAlive = false
  }

  /** What the agent tells of its conversation when it has started. */
  #learn(): void {
    const { random } = this.#world
    const given = this.started.token
    if (given !== null && chance(random, 0.2)) return this.#reject(given)
    if (given !== null && chance(random, 0.7)) return this.#report(given, 'confirmed')
    this.#report(this.#world.tokenFor(this.started), pick(random, ['provisional', 'confirmed']))
  }

  /** The conversation was cleared, or its transcript is on the disk now. */
  #change(): void {
    const { random } = this.#world
    if (this.#token !== null && chance(random, 0.5)) this.#report(this.#token, 'confirmed')
    else this.#report(this.#world.tokenFor(this.started), 'provisional')
  }

  #reject(token: string): void {
    const { namespace, actor } = this.#world
    const { run } = this.started
    this.#token = null
    this.#world.network.send({
      name: `${run} rejects ${token}`,
      ask: (hub) => hub.desk.rejected({ namespace, run, actor, token, message: 'No conversation found.' }),
      got: (answer) => this.#heard(answer),
      again: 3,
    })
    this.#later(1500, () => this.#report(this.#world.tokenFor(this.started), 'confirmed'))
  }

  #report(token: string, state: 'provisional' | 'confirmed'): void {
    const { namespace, actor } = this.#world
    const { run } = this.started
    this.#token = token
    this.#world.network.send({
      name: `${run} has ${token} (${state})`,
      ask: (hub) => hub.desk.token({ namespace, run, actor, token, state }),
      got: (answer) => this.#heard(answer),
      again: 6,
    })
  }

  #end(): void {
    const { namespace, actor, random } = this.#world
    const { run } = this.started
    this.isAlive = false
    if (chance(random, 0.12)) return
    const outcome = pick(random, ['success', 'success', 'success', 'failed', 'cancelled'] as const)
    const token = this.#token !== null && chance(random, 0.3) ? this.#token : undefined
    this.#world.network.send({
      name: `${run} ends in ${outcome}`,
      ask: (hub) => hub.desk.complete({ namespace, run, actor, outcome, token }),
      got: () => undefined,
      again: 6,
    })
  }
}
