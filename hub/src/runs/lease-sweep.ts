import type { RunDesk } from './run-desk.ts'

const EVERY_MS = 1000

/** Ends the runs whose lease is over, again and again. */
export class LeaseSweep implements AsyncDisposable {
  readonly #runs: Pick<RunDesk, 'sweep'>
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(runs: Pick<RunDesk, 'sweep'>, report: (error: unknown) => void) {
    this.#runs = runs
    this.#report = report
    this.#schedule()
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#sweep().finally(() => {
        if (!this.#isStopped) this.#schedule()
      })
    }, EVERY_MS).unref()
  }

  async #sweep(): Promise<void> {
    // After a process that stood still, what has arrived meanwhile is heard first.
    await new Promise(setImmediate)
    await this.#runs.sweep().catch((error: unknown) => this.#report(error))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
  }
}
