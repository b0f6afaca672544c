import { until } from './test-client.ts'

/** Delays that last until they are let go. */
export class HeldDelays {
  /** How long each was to take. */
  readonly asked: number[] = []
  #held: (() => void)[] = []

  readonly later = (ms: number): Promise<void> => {
    this.asked.push(ms)
    return new Promise((resolve) => this.#held.push(resolve))
  }

  waiting(count: number): Promise<void> {
    return until(`${count} delays wait`, () => this.#held.length >= count)
  }

  release(): void {
    for (const resolve of this.#held.splice(0)) resolve()
  }
}
