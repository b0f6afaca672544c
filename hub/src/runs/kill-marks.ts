import type { SessionKey } from '../store/store.ts'

/** A client that was told to end takes some seconds; what ends later, ends for a reason of its own. */
const COUNTS_MS = 60_000

interface Mark {
  readonly at: number
  readonly why: string | null
}

/** Of which sessions somebody asked through the hub, a moment ago, that they end. */
export class KillMarks {
  readonly #elapsed: () => number
  /** The oldest is the first. */
  readonly #marks = new Map<string, Mark>()

  /** `elapsed`: milliseconds of a clock that only runs forward. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  /** `why`: what the asker said of it. */
  asked(session: SessionKey, why: string | null = null): void {
    this.#forgetOld()
    this.notAsked(session)
    this.#marks.set(nameOf(session), { at: this.#elapsed(), why })
  }

  /** Nobody was there to be asked. */
  notAsked(session: SessionKey): void {
    this.#marks.delete(nameOf(session))
  }

  wasAsked(session: SessionKey): boolean {
    this.#forgetOld()
    return this.#marks.has(nameOf(session))
  }

  whyAsked(session: SessionKey): string | null {
    this.#forgetOld()
    return this.#marks.get(nameOf(session))?.why ?? null
  }

  #forgetOld(): void {
    const now = this.#elapsed()
    for (const [name, { at }] of this.#marks) {
      if (now - at < COUNTS_MS) return
      this.#marks.delete(name)
    }
  }
}

function nameOf({ namespace, session }: SessionKey): string {
  return JSON.stringify([namespace, session])
}
