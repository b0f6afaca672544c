interface Appointment {
  readonly at: number
  readonly order: number
  readonly name: string
  readonly act: () => void
}

/** What is going to happen, by a clock that only this moves. At one moment, what was planned first comes first. */
export class Agenda {
  readonly #planned: Appointment[] = []
  #order = 0
  #now = 0

  get now(): number {
    return this.#now
  }

  after(ms: number, name: string, act: () => void): void {
    this.#order += 1
    this.#planned.push({ at: this.#now + Math.round(ms), order: this.#order, name, act })
  }

  /** Moves the clock to the next appointment and gives it; null where there is none until `end`. */
  next(end: number): Pick<Appointment, 'name' | 'act'> | null {
    const first = this.#takeFirst(end)
    if (first !== null) this.#now = Math.max(this.#now, first.at)
    return first
  }

  /** The next appointment is brought forward to this very moment. */
  together(end: number): Pick<Appointment, 'name' | 'act'> | null {
    return this.#takeFirst(end)
  }

  #takeFirst(end: number): Appointment | null {
    let first: Appointment | undefined
    for (const one of this.#planned)
      if (first === undefined || one.at < first.at || (one.at === first.at && one.order < first.order))
        first = one
    if (first === undefined || first.at > end) return null
    this.#planned.splice(this.#planned.indexOf(first), 1)
    return first
  }
}
