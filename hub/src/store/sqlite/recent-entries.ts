import type { ChangeHead } from '../store.ts'

/** A few full batches, of all namespaces together. */
const REMEMBERED = 4096

/** What tells a journal entry from the others, without what it says. */
export interface EntryHead extends ChangeHead {
  readonly seq: number
}

/**
 * The heads of the newest journal entries, by namespace. Whoever follows the feed closely is told by them what is worth
 * reading, and the file is not asked.
 */
export class RecentEntries {
  /** Of each namespace without a gap. */
  readonly #runs = new Map<number, EntryHead[]>()
  #count = 0

  note(namespace: number, head: EntryHead): void {
    if (this.#count >= REMEMBERED) this.forget()
    const run = this.#runs.get(namespace)
    if (run?.at(-1)?.seq === head.seq - 1) run.push(head)
    else this.#runs.set(namespace, [head])
    this.#count += 1
  }

  /** At most so many of those that come right after a seq, in order; none where the next one is not remembered. */
  after(namespace: number, seq: number, count: number): readonly EntryHead[] {
    const run = this.#runs.get(namespace)
    const first = run?.[0]
    if (run === undefined || first === undefined || first.seq > seq + 1) return []
    const from = seq + 1 - first.seq
    return run.slice(from, from + count)
  }

  forget(): void {
    this.#runs.clear()
    this.#count = 0
  }
}
