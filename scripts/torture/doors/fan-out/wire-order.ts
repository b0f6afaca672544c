import type { Changes } from '@holdfast/shared/protocol/watch/changes'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import type { Find } from './find.ts'

/**
 * One connection as it comes off the wire, before anything happens to a message: TCP loses nothing and swaps nothing, so
 * that whatever is missing, repeated or early here was the hub's doing.
 */
export class WireOrder {
  /** The last seq that was told. */
  #at: number
  #epoch: string | null = null
  #isAckDue = false
  readonly #find: Find

  constructor(since: number, find: Find) {
    this.#at = since
    this.#find = find
  }

  /** The hub has answered the request to watch. */
  started(epoch: string): void {
    this.#epoch = epoch
  }

  changes({ epoch, changes, head }: Changes): void {
    this.#arrived(epoch)
    for (const { seq } of changes) {
      if (seq > this.#at + 1) this.#find('gap', `seq ${seq} was told after ${this.#at}`)
      if (seq <= this.#at) this.#find('order', `seq ${seq} was told again, after ${this.#at}`)
      this.#at = seq
    }
    if (head < this.#at) this.#find('order', `seq ${this.#at} was told with ${head} as the head`)
  }

  resync({ because, epoch, floor, head }: Resync): void {
    this.#arrived(epoch)
    if (because !== 'pruned' || floor <= this.#at || head < floor) {
      const ends = `floor ${floor} and head ${head}`
      this.#find('order', `a resync was told after seq ${this.#at} with ${ends} because: ${because}`)
    }
    this.#at = head
  }

  acked(): void {
    this.#isAckDue = false
  }

  #arrived(epoch: string): void {
    if (this.#isAckDue) this.#find('order', `something was told after seq ${this.#at}, which was not acked`)
    this.#isAckDue = true
    if (epoch !== this.#epoch)
      this.#find('order', `epoch ${epoch} was told after ${this.#epoch} was answered`)
  }
}
