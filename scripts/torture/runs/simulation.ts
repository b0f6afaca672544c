import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Finding } from '../finding.ts'
import { between, chance, seeded, type Random } from '../random.ts'
import { Agenda } from './agenda.ts'
import { RunLedger } from './run-ledger.ts'
import { checkHistory, checkStanding, standing } from './standing-checks.ts'
import { WatchedStore } from './watched-store.ts'
import { World } from './world.ts'

export interface Simulated {
  readonly findings: readonly Finding[]
  readonly counts: { readonly [name: string]: number }
  /** Everything that happened, in order. */
  readonly steps: readonly string[]
}

/** How long it goes on, by its own clock. */
const LASTS_MS = 150_000
const MOST_AT_ONCE = 3

/** One seed gives everything that happens: who does what, when, what gets lost, and when the hub is killed. */
export async function simulate(seed: number): Promise<Simulated> {
  const random = seeded(seed)
  const agenda = new Agenda()
  const ledger = new RunLedger(() => agenda.now)
  let ids = 0
  const newId = (): string => `id-${(ids += 1)}`
  await using store = await WatchedStore.inMemory(ledger, { now: () => agenda.now, newId })
  const world = new World({ agenda, random, store, ledger, newId })
  await world.startHub()
  return await new Simulation({ agenda, random, store, ledger, world }).run()
}

interface Parts {
  readonly agenda: Agenda
  readonly random: Random
  readonly store: WatchedStore
  readonly ledger: RunLedger
  readonly world: World
}

class Simulation {
  readonly #parts: Parts
  readonly #steps: string[] = []
  #written = 0
  #crashes = 0
  #killed: Killed | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#planSweep()
    this.#planCrash()
  }

  async run(): Promise<Simulated> {
    const { ledger, store, world } = this.#parts
    while (ledger.findings.length === 0 && (await this.#step()));
    if (ledger.findings.length === 0) await checkHistory(this.#parts)
    const counts = { ...store.outcomes, ...world.counts, crashes: this.#crashes, steps: this.#steps.length }
    return { findings: ledger.findings, counts, steps: this.#steps }
  }

  /** What happens next, now and then at once with what comes after it. */
  async #step(): Promise<boolean> {
    const { agenda, random, store } = this.#parts
    const together = chance(random, 0.1) ? between(random, 2, MOST_AT_ONCE) : 1
    store.isAlone = together === 1
    let isOver = false
    for (let index = 0; index < together && !isOver; index += 1) {
      const next = index === 0 ? agenda.next(LASTS_MS) : agenda.together(LASTS_MS)
      isOver = next === null
      if (next === null) break
      if (next.name !== 'sweep') this.#steps.push(`${agenda.now} ${index === 0 ? '' : '| '}${next.name}`)
      next.act()
    }
    await this.#settle()
    await this.#check()
    return !isOver
  }

  async #settle(): Promise<void> {
    const { store } = this.#parts
    do await nextTurn()
    while (store.inFlight > 0 || store.waiting > 0)
    await nextTurn()
  }

  /** Where nothing was written, nothing can have changed. */
  async #check(): Promise<void> {
    const { store, ledger } = this.#parts
    if (this.#killed !== null) await this.#checkKilled(this.#killed)
    if (store.written === this.#written || ledger.findings.length > 0) return
    this.#written = store.written
    await checkStanding(this.#parts)
  }

  #planSweep(): void {
    const { agenda, world } = this.#parts
    agenda.after(1000, 'sweep', () => {
      world
        .hub()
        ?.desk.sweep()
        .catch((error: unknown) => world.broken(error))
      this.#planSweep()
    })
  }

  #planCrash(): void {
    const { agenda, world, random } = this.#parts
    agenda.after(between(random, 5000, 90_000), 'the hub is killed', () => {
      this.#crashes += 1
      this.#killed = { before: null, isBack: false }
      world.killHub()
      const away = chance(random, 0.5) ? between(random, 10, 500) : between(random, 500, 30_000)
      agenda.after(away, 'the hub starts', () => this.#restart())
    })
  }

  #restart(): void {
    const { world } = this.#parts
    world.startHub().catch((error: unknown) => world.broken(error))
    if (this.#killed !== null) this.#killed.isBack = true
    this.#planCrash()
  }

  /** While it is away nothing changes, and its start changes nothing. */
  async #checkKilled(killed: Killed): Promise<void> {
    const { store, ledger } = this.#parts
    const now = await standing(store)
    killed.before ??= now
    if (now !== killed.before)
      ledger.wrong('restart', `the hub was killed at ${killed.before}, and after its start there is ${now}`)
    if (killed.isBack) this.#killed = null
  }
}

interface Killed {
  /** What was stored then. */
  before: string | null
  isBack: boolean
}
