import type { Facts, SessionFacts } from '@holdfast/shared/protocol/watch/facts'
import type { WatchLine } from './watch-connection.ts'
import type { WatchLimits } from './watch-limits.ts'
import type { WatchedOutlook } from './watched-outlook.ts'

export interface FactsTellerParts {
  readonly line: WatchLine
  readonly limits: WatchLimits
  /** The newest facts of a session. */
  readonly factsOf: (session: string) => SessionFacts
  /** It owes something that it could not tell yet, and can now: to be given another turn. */
  readonly turn: () => void
}

/** Tells one watcher the newest facts of what has changed: one message at a time, whatever happens meanwhile. */
export class FactsTeller {
  readonly #parts: FactsTellerParts
  #owed = new Set<string>()
  #outlooks = new Map<string, WatchedOutlook>()
  #isTelling = false

  constructor(parts: FactsTellerParts) {
    this.#parts = parts
  }

  /** Something of these sessions changed; what they are is looked up when it is told. */
  owe(sessions: Iterable<string>): void {
    for (const session of sessions) this.#owed.add(session)
    if (this.#isTelling && this.#owed.size > this.#parts.limits.owed) this.#parts.line.cut()
  }

  /** What counts for a resume of these sessions has changed. */
  oweOutlooks(outlooks: ReadonlyMap<string, WatchedOutlook>): void {
    for (const [session, outlook] of outlooks) this.#outlooks.set(session, outlook)
    this.owe(outlooks.keys())
  }

  /** Tells what is owed, unless something is on its way. */
  async tell(): Promise<void> {
    if (this.#isTelling || this.#owed.size === 0) return
    this.#isTelling = true
    const owed = [...this.#owed]
    const outlooks = this.#outlooks
    this.#owed = new Set()
    this.#outlooks = new Map()
    const { line, limits, factsOf, turn } = this.#parts
    for (let at = 0; at < owed.length; at += limits.factsPerMessage) {
      const some = owed.slice(at, at + limits.factsPerMessage)
      const message: Facts = some.map((session) => ({ ...factsOf(session), ...outlooks.get(session) }))
      // What is told to nobody is owed to nobody.
      if (!(await line.tell('facts', message))) return
    }
    this.#isTelling = false
    if (this.#owed.size > 0) turn()
  }
}
