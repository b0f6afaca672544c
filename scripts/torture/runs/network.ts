import { between, chance, type Random } from '../random.ts'
import type { Agenda } from './agenda.ts'
import type { HubLife } from './hub-life.ts'

/** What a program asks of the hub, and what it does with the answer. */
export interface Errand<Answer> {
  readonly name: string
  readonly ask: (hub: HubLife) => Promise<Answer>
  readonly got: (answer: Answer) => void
  /** How often it is sent again where no answer came. */
  readonly again?: number
  /** No answer came, however often it was sent. */
  readonly gaveUp?: () => void
}

/** It may lose, delay and repeat whatever is sent, in both directions. */
const LOST = 0.08
const REPEATED = 0.05
const LATE = 0.06
const LATEST_MS = 45_000
const RETRY_MS = 4000

export interface NetworkParts {
  readonly agenda: Agenda
  readonly random: Random
  /** The hub that runs now. */
  readonly hub: () => HubLife | null
  readonly failed: (error: unknown) => void
}

export class Network {
  readonly #parts: NetworkParts

  constructor(parts: NetworkParts) {
    this.#parts = parts
  }

  send<Answer>(errand: Errand<Answer>): void {
    const { agenda } = this.#parts
    let isAnswered = false
    const got = (answer: Answer): void => {
      if (isAnswered) return
      isAnswered = true
      errand.got(answer)
    }
    const attempt = (left: number): void => {
      this.#carry(errand, got)
      agenda.after(RETRY_MS, `${errand.name} waits`, () => {
        if (isAnswered) return
        if (left > 0) attempt(left - 1)
        else errand.gaveUp?.()
      })
    }
    attempt(errand.again ?? 0)
  }

  #carry<Answer>(errand: Errand<Answer>, got: (answer: Answer) => void): void {
    const { agenda, random } = this.#parts
    if (chance(random, LOST)) return
    const deliver = (): void => this.#deliver(errand, got)
    agenda.after(this.#delay(), errand.name, deliver)
    if (chance(random, REPEATED)) agenda.after(this.#delay(), `${errand.name} repeated`, deliver)
  }

  #deliver<Answer>({ name, ask }: Errand<Answer>, got: (answer: Answer) => void): void {
    const { agenda, random, hub, failed } = this.#parts
    const life = hub()
    if (life === null) return
    const isLost = chance(random, LOST)
    const back = this.#delay()
    const settle = async (): Promise<void> => {
      const answer = await ask(life)
      if (!isLost && !life.isDead) agenda.after(back, `${name} answered`, () => got(answer))
    }
    settle().catch(failed)
  }

  #delay(): number {
    const { random } = this.#parts
    return chance(random, LATE) ? between(random, 200, LATEST_MS) : between(random, 1, 200)
  }
}
