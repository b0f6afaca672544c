import type { NotResumed, ResumeOutcome } from './resume-outcome.ts'

/** Somebody who waits for what becomes of a resume. */
export class Wait implements Disposable {
  /** Resolves once the run is confirmed, or over. */
  readonly over: Promise<ResumeOutcome>
  /** Resolves where nobody can wait any longer. */
  readonly cut: Promise<NotResumed>
  /** Whether a runner has been asked to start it. */
  isStartAsked = false
  readonly #close: () => void
  #settle: (outcome: ResumeOutcome) => void = () => undefined
  #cut: (why: NotResumed) => void = () => undefined

  constructor(close: () => void) {
    this.#close = close
    this.over = new Promise((resolve) => (this.#settle = resolve))
    this.cut = new Promise((resolve) => (this.#cut = resolve))
  }

  settle(outcome: ResumeOutcome): void {
    this.#settle(outcome)
  }

  cutShort(why: NotResumed): void {
    this.#cut(why)
  }

  [Symbol.dispose](): void {
    this.#close()
  }
}
