/** What a part of a program gives back when it is started: how to end it. */
export type Ending = () => void | PromiseLike<void>

/**
 * Holds what was started, and ends it in reverse order: the last started first. One that fails to end does not keep the
 * others from ending; the first such error is thrown after all have had their turn.
 */
export class AsyncScope implements AsyncDisposable {
  #endings: Ending[] = []

  use<Part extends AsyncDisposable>(part: Part): Part {
    this.#endings.push(() => part[Symbol.asyncDispose]())
    return part
  }

  defer(ending: Ending): void {
    this.#endings.push(ending)
  }

  /** Hands everything over to another scope, so that leaving this one ends nothing. */
  move(): AsyncScope {
    const next = new AsyncScope()
    next.#endings = this.#endings
    this.#endings = []
    return next
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const endings = this.#endings.toReversed()
    this.#endings = []
    const failures: unknown[] = []
    for (const ending of endings) {
      try {
        await ending()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
