import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Changes } from '@holdfast/shared/protocol/watch/changes'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import { feedEnds } from '../feed/feed-ends.ts'
import type { FeedSource } from '../feed/feed-source.ts'
import type { Log } from '../log/log.ts'
import type { FeedPage, Store } from '../store/store.ts'
import { maskedChanges } from './masked-changes.ts'
import { watchedChange, type ToldChange } from './watched-change.ts'
import type { WatchLimits } from './watch-limits.ts'

/** What of the store is enough to tell watchers of it. */
export type WatchSource = FeedSource & Pick<Store, 'tokenHistory'>

export interface FeedPagesParts {
  readonly store: WatchSource
  readonly log: Log
  readonly limits: WatchLimits
}

interface ChangesPage {
  readonly kind: 'changes'
  readonly message: Changes
  /** Where the next page begins. */
  readonly through: number
}

/** What a watcher is told next; `none` where it has everything. */
export type WatchPage =
  | ChangesPage
  | { readonly kind: 'none' }
  | { readonly kind: 'resync'; readonly message: Resync }

/** What says nothing of the entries to be read: with the same request it may go well later, or all is over. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'storage_busy',
  'storage_full',
  'storage_error',
  'store_stopped',
])

/**
 * One namespace's feed in pages of bounded size. Watchers that stand at the same place share a page: it is read, masked
 * and put into words once.
 */
export class FeedPages {
  readonly #namespace: string
  readonly #parts: FeedPagesParts
  /** By where they begin, those that were asked for last at the end. What is in one stays true. */
  readonly #kept = new Map<number, ChangesPage>()
  readonly #reading = new Map<number, Promise<WatchPage>>()

  constructor(namespace: string, parts: FeedPagesParts) {
    this.#namespace = namespace
    this.#parts = parts
  }

  /** Something was committed, which what is being read may not hold: who asks from here on is not given that. */
  committed(): void {
    this.#reading.clear()
  }

  /** What comes after a seq of this epoch. */
  after(seq: number): Promise<WatchPage> {
    const kept = this.#kept.get(seq)
    if (kept !== undefined) {
      this.#keep(seq, kept)
      return Promise.resolve(kept)
    }
    const known = this.#reading.get(seq)
    if (known !== undefined) return known
    const reading = this.#read(seq).finally(() => {
      if (this.#reading.get(seq) === reading) this.#reading.delete(seq)
    })
    this.#reading.set(seq, reading)
    return reading
  }

  async #read(seq: number): Promise<WatchPage> {
    const page = await this.#readStore(seq)
    if (page.kind === 'too_far_behind') {
      const { because, epoch, floor, head } = page
      return { kind: 'resync', message: { because, epoch, floor, head } }
    }
    const { pageBytes } = this.#parts.limits
    const masked = await maskedChanges(this.#parts.store, this.#namespace, page.changes)
    const told = masked.map((change) => watchedChange(change, pageBytes))
    const pages = inPages(told, pageBytes).map((some) => pageOf(some, page))
    const [first] = pages
    if (first === undefined) return { kind: 'none' }
    let from = seq
    for (const each of pages.slice(0, this.#parts.limits.keptPages)) {
      this.#keep(from, each)
      from = each.through
    }
    return first
  }

  async #readStore(after: number): Promise<FeedPage> {
    const { store, log, limits } = this.#parts
    const namespace = this.#namespace
    try {
      return await store.readFeed({ namespace, after, epoch: store.epoch, limit: limits.pageChanges })
    } catch (error) {
      if (error instanceof HoldfastError && PASSING.has(error.code)) throw error
      log.error('an entry of the feed can not be read', error, { namespace, after })
      return { kind: 'too_far_behind', because: 'damaged', ...(await feedEnds(store, namespace)) }
    }
  }

  #keep(from: number, page: ChangesPage): void {
    this.#kept.delete(from)
    this.#kept.set(from, page)
    if (this.#kept.size <= this.#parts.limits.keptPages) return
    for (const oldest of this.#kept.keys()) return void this.#kept.delete(oldest)
  }
}

/** In the same order, each about as long as is allowed, and none empty. */
function inPages(told: readonly ToldChange[], limit: number): ToldChange[][] {
  const pages: ToldChange[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const one of told) {
    size += one.size
    const page = size > limit ? undefined : pages.at(-1)
    if (page === undefined) {
      pages.push([one])
      size = one.size
    } else {
      page.push(one)
    }
  }
  return pages
}

function pageOf(told: readonly ToldChange[], { epoch, head }: { epoch: string; head: number }): ChangesPage {
  const changes = told.map(({ change }) => change)
  const through = changes.reduce((_, { seq }) => seq, 0)
  return { kind: 'changes', message: { epoch, changes, head }, through }
}
