import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Actor } from '@holdfast/shared/records/actor'
import { requestProblem } from '../requests.ts'

/** An actor is one object for all that a connection writes, and is not changed: it is checked and written down once. */
export class ActorTexts {
  readonly #texts = new WeakMap<Actor, string>()

  problem(actor: Actor): Refusal | null {
    if (this.#texts.has(actor)) return null
    const problem = requestProblem({ actor })
    if (problem === null) this.#texts.set(actor, JSON.stringify(actor))
    return problem
  }

  textOf(actor: Actor): string {
    return this.#texts.get(actor) ?? JSON.stringify(actor)
  }
}
