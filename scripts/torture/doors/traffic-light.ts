/** Lets work go through while it is green, and tells when everything that went through has come to its end. */
export class TrafficLight {
  #green = false
  #inside = 0
  #waiting: (() => void)[] = []
  #quiet: (() => void)[] = []

  /** How much work is being done. */
  get inside(): number {
    return this.#inside
  }

  go(): void {
    this.#green = true
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Nothing more goes through; settles when nothing is under way any more. */
  stop(): Promise<void> {
    this.#green = false
    if (this.#inside === 0) return Promise.resolve()
    return new Promise((resolve) => this.#quiet.push(resolve))
  }

  async pass(work: () => Promise<void>): Promise<void> {
    while (!this.#green) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#inside += 1
    try {
      await work()
    } finally {
      this.#inside -= 1
      if (this.#inside === 0) for (const resolve of this.#quiet.splice(0)) resolve()
    }
  }
}
