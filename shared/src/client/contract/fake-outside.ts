import type { Outside } from '../outside.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

/** A clock that stands still until it is told to go on, and chance that is always the same. */
export class FakeOutside implements Outside {
  /** What `now` says; timers go by `#passed`, as they do where somebody sets the clock. */
  time = 1_750_000_000_000
  chance = 0.5
  #passed = 0
  #timers: readonly Timer[] = []
  readonly #seed: number
  #drawn = 0

  constructor(seed = 0) {
    this.#seed = seed
  }

  get timers(): number {
    return this.#timers.length
  }

  now(): number {
    return this.time
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#passed + ms, run }
    this.#timers = [...this.#timers, timer]
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  random(): number {
    return this.chance
  }

  randomBytes(count: number): Uint8Array {
    this.#drawn++
    return new Uint8Array(count).fill(this.#drawn % 256).fill(this.#seed, 0, 2)
  }

  /** Lets time pass, and calls everybody whose time comes, in that order. */
  pass(ms: number): void {
    const end = this.#passed + ms
    for (;;) {
      const [next] = this.#timers.toSorted((left, right) => left.due - right.due)
      if (next === undefined || next.due > end) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#advance(next.due)
      next.run()
    }
    this.#advance(end)
  }

  #advance(to: number): void {
    this.time += to - this.#passed
    this.#passed = to
  }
}
