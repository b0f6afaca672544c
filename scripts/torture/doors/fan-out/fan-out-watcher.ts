import type { Changes } from '@holdfast/shared/protocol/watch/changes'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import type { WatchRequest } from '@holdfast/shared/protocol/watch/watch'
import { pause } from '../pause.ts'
import type { FaultyFrames } from './faulty-frames.ts'
import type { Find } from './find.ts'
import { FoldedSessions, type SessionAt } from './folded-sessions.ts'
import type { PatchBook } from './patch-book.ts'
import type { Told } from './told.ts'
import { WatchLine } from './watch-line.ts'
import { WireOrder } from './wire-order.ts'

export interface WatcherParts {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly frames: FaultyFrames
  readonly book: PatchBook
  readonly find: Find
  /** Every session as it is now; null where the hub does not answer. */
  readonly snapshot: () => Promise<ReadonlyMap<string, SessionAt> | null>
  /** Resolves when it may connect, having had everything up to this seq. */
  readonly rest: (seq: number) => Promise<void>
}

/** How soon a watcher that could not connect tries again. */
const AGAIN_MS = 20

/** A watcher as the protocol asks for it: it folds changes, sees every gap, and comes back from where it was. */
export class FanOutWatcher {
  readonly sessions: FoldedSessions
  readonly counts = { taken: 0, repeats: 0, gaps: 0, resyncs: 0, connections: 0 }
  isResting = false
  readonly #parts: WatcherParts
  readonly #find: Find
  #seq = 0
  #epoch: string | null = null
  #line: WatchLine | null = null
  #isOver = false

  constructor(parts: WatcherParts) {
    this.#parts = parts
    this.#find = (kind, what) => parts.find(kind, `${parts.name}: ${what}`)
    this.sessions = new FoldedSessions(this.#find)
  }

  get name(): string {
    return this.#parts.name
  }

  /** The last seq that it has taken in. */
  get seq(): number {
    return this.#seq
  }

  /** Watches, and comes back, until it is told to end. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      this.isResting = true
      await this.#parts.rest(this.#seq)
      this.isResting = false
      if (this.#isOver) return
      if (!(await this.#watch())) await pause(AGAIN_MS)
    }
  }

  end(): void {
    this.#isOver = true
    this.#line?.end()
  }

  /** For as long as one connection lasts; false where there was none. */
  async #watch(): Promise<boolean> {
    const { url, token, frames } = this.#parts
    const wire = new WireOrder(this.#seq, this.#find)
    const request: WatchRequest =
      this.#epoch === null ? { since: 0 } : { since: this.#seq, epoch: this.#epoch }
    const line = await WatchLine.open({ url, token, request, wire, frames, find: this.#find })
    if (line === null) return false
    this.counts.connections += 1
    this.#line = line
    if (this.#isOver) line.end()
    for (let told = await line.next(); told !== null; told = await line.next()) {
      if (!(await this.#take(told))) break
      told.ack()
    }
    line.end()
    return true
  }

  /** Takes it in, reads included; false where it can not go on from here, and has to come back. */
  async #take({ event, payload }: Told): Promise<boolean> {
    if (event === 'resync') return this.#startAnew(payload as Resync)
    return event === 'facts' || this.#takeChanges(payload as Changes)
  }

  async #startAnew({ epoch, head }: Resync): Promise<boolean> {
    const snapshot = await this.#parts.snapshot()
    if (snapshot === null) return false
    for (const [session, at] of snapshot) this.sessions.snapshot(session, at)
    this.#epoch = epoch
    this.#seq = head
    this.counts.resyncs += 1
    return true
  }

  #takeChanges({ epoch, changes }: Changes): boolean {
    this.#epoch ??= epoch
    for (const change of changes) {
      if (change.seq > this.#seq + 1) {
        this.counts.gaps += 1
        return false
      }
      if (change.seq <= this.#seq) {
        this.counts.repeats += 1
        continue
      }
      this.#seq = change.seq
      this.counts.taken += 1
      this.sessions.change(change)
      this.#parts.book.told(change)
    }
    return true
  }
}
