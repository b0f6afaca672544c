/** What is not there this long after the end of a round will not come. */
const SILENCE_MS = 60_000

/** The wait for the end of a round. The first thing that goes wrong ends it, and every later one, too. */
export class RoundWait {
  readonly #name: string
  #broken: Error | null = null
  #end: (() => void) | null = null

  constructor(name: string) {
    this.#name = name
  }

  /** Something went wrong, in a round or between two. */
  fail(why: string): void {
    this.#broken ??= new Error(`${this.#name}: ${why}`)
    this.#end?.()
  }

  /** Resolves once `begin` has said that it is done. */
  until(deadline: number, begin: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(silence)
        this.#end = null
        if (this.#broken === null) resolve()
        else reject(this.#broken)
      }
      const silence = setTimeout(
        () => this.fail('An answer did not come.'),
        deadline - performance.now() + SILENCE_MS,
      )
      this.#end = end
      if (this.#broken === null) begin(end)
      else end()
    })
  }
}

/** An answer that is none, as it is shown. */
export function unexpected(answer: unknown): string {
  return `A write did not do what it should: ${JSON.stringify(answer)?.slice(0, 500)}`
}
