/** So many names are kept before those that no call can be behind of are forgotten. */
const TIDY_AT = 1000

/**
 * The store carries calls out in the order in which they were made, and their answers may be heard in another one. What
 * is known of a thing is what the newest call said of it.
 */
export class CallOrder {
  #made = 0
  /** The oldest is the first. */
  readonly #underWay = new Set<number>()
  readonly #newest = new Map<string, number>()

  /** To be called right before a call; `ended` must follow. */
  begin(): number {
    this.#made += 1
    this.#underWay.add(this.#made)
    return this.#made
  }

  ended(call: number): void {
    this.#underWay.delete(call)
    if (this.#underWay.size === 0) this.#newest.clear()
    else if (this.#newest.size > TIDY_AT) this.#tidy()
  }

  /** False where a later call has said something of it already. */
  isNews(name: string, call: number): boolean {
    if ((this.#newest.get(name) ?? 0) > call) return false
    this.#newest.set(name, call)
    return true
  }

  #tidy(): void {
    const [oldest = this.#made] = this.#underWay
    for (const [name, call] of this.#newest) if (call < oldest) this.#newest.delete(name)
  }
}
