import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { ConnectionId } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { ChangeHead, FeedChange, FeedPage } from '../store/store.ts'
import type { FeedSource } from './feed-source.ts'
import { headOf } from './head-of.ts'
import type { SessionTeller } from './session-teller.ts'

export interface FollowerParts {
  readonly store: FeedSource
  readonly teller: SessionTeller
  readonly log: Log
  readonly now: () => number
}

/** Changes per page, and pages per turn of the event loop: in bursts writers and listeners get about as much of it. */
const PAGE = 500
const PAGES_PER_TURN = 4

/** Versions whose makers are remembered: more than writers can commit before the feed is looked at again. */
const MAKERS = 65_536

/** What says nothing of the entries to be read: with the same request it may go well later, or all is over. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'storage_busy',
  'storage_full',
  'storage_error',
  'store_stopped',
])

const RETRY_MS = 1000

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'looking' }
  /** The feed could not be read, and is tried again. */
  | { readonly kind: 'late'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'ended' }

/**
 * Reads one namespace's feed forward and tells the rooms of its sessions. Catching up and going on live are the same
 * loop, and it alone tells them, one change after the other; so the order of the feed is the order in every room.
 */
export class NamespaceFollower {
  readonly #namespace: string
  readonly #parts: FollowerParts
  readonly #start: () => Promise<number>
  #state: State = { kind: 'idle' }
  #done: Promise<void> = Promise.resolve()
  #isWoken = false
  #isFailing = false
  /** When something was committed that is not told yet; null where everything is. */
  #behindSince: number | null = null
  /** The last seq that was looked at; null before the first look. */
  #after: number | null = null
  /** Who made a version that was not looked at yet, the oldest first. */
  readonly #makers = new Map<string, ConnectionId>()
  /** Versions that released clients were told whole before the feed came to them, by session. */
  #toldAhead = new Map<string, number>()

  /** `start`: the seq after which everything is to be told. */
  constructor(namespace: string, start: () => Promise<number>, parts: FollowerParts) {
    this.#namespace = namespace
    this.#start = start
    this.#parts = parts
  }

  madeBy(session: string, version: number, connection: ConnectionId): void {
    const name = nameOf({ session, version })
    // Writers are answered in the order of their commits; another answer that carries this version changed nothing.
    if (this.#makers.has(name)) return
    this.#makers.set(name, connection)
    if (this.#makers.size <= MAKERS) return
    // Whoever made it is then told what it knows already, and passes over it.
    for (const oldest of this.#makers.keys()) return void this.#makers.delete(oldest)
  }

  /** For how long something has been committed that is not told yet; 0 where everything is. */
  get lagMs(): number {
    return this.#behindSince === null ? 0 : Math.max(0, this.#parts.now() - this.#behindSince)
  }

  /** Something was committed. Wakes that come together are one look. */
  wake(): void {
    this.#isWoken = true
    this.#behindSince ??= this.#parts.now()
    if (this.#state.kind !== 'idle') return
    this.#state = { kind: 'looking' }
    this.#done = this.#follow()
  }

  /** Settles when nothing more is told. */
  end(): Promise<void> {
    if (this.#state.kind === 'late') clearTimeout(this.#state.timer)
    this.#state = { kind: 'ended' }
    return this.#done
  }

  async #follow(): Promise<void> {
    try {
      while (this.#isWoken && !this.#hasEnded()) {
        // By the next turn everybody whose write was committed in this one has said what it made.
        await nextTurn()
        this.#isWoken = false
        if (!this.#hasEnded() && (await this.#tellSome())) this.#isWoken = true
      }
      this.#isFailing = false
      this.#behindSince = null
      if (!this.#hasEnded()) this.#state = { kind: 'idle' }
    } catch (error) {
      this.#failed(error)
    }
  }

  #hasEnded(): boolean {
    return this.#state.kind === 'ended'
  }

  #failed(error: unknown): void {
    if (this.#hasEnded()) return
    const facts = { namespace: this.#namespace }
    if (isStopped(error)) {
      this.#parts.log.error('sessions are not told of changes any more', error, facts)
      this.#state = { kind: 'ended' }
      return
    }
    if (!this.#isFailing)
      this.#parts.log.error('sessions are told late, the feed can not be read', error, facts)
    this.#isFailing = true
    const timer = setTimeout(() => {
      this.#state = { kind: 'idle' }
      this.wake()
    }, RETRY_MS).unref()
    this.#state = { kind: 'late', timer }
  }

  /** True where there is more to tell. */
  async #tellSome(): Promise<boolean> {
    let more = true
    for (let pages = 0; more && pages < PAGES_PER_TURN; pages += 1) more = await this.#tellPage()
    return more
  }

  async #tellPage(): Promise<boolean> {
    const page = await this.#read((this.#after ??= await this.#start()))
    if (page.kind === 'too_far_behind') {
      await this.#startAgain(page)
      return false
    }
    const { changes, through, head } = page
    const isCaughtUp = through >= head
    const ahead = this.#toldAhead
    if (isCaughtUp) this.#toldAhead = new Map()
    this.#after = through
    const newest = new Map<string, number>()
    for (const change of changes) {
      this.#tellChange(change)
      newest.set(change.session, change.version)
    }
    for (const [session, version] of newest) {
      if ((ahead.get(session) ?? 0) < version) await this.#tellWhole({ session, version })
    }
    if (isCaughtUp) this.#makers.clear()
    return !isCaughtUp
  }

  async #read(after: number): Promise<FeedPage> {
    const { store } = this.#parts
    const request = { namespace: this.#namespace, after, epoch: store.epoch, limit: PAGE }
    try {
      return await store.readFeed({ ...request, wants: (change) => this.#isWanted(change) })
    } catch (error) {
      if (error instanceof HoldfastError && PASSING.has(error.code)) throw error
      this.#parts.log.error('an entry of the feed can not be read', error, {
        namespace: this.#namespace,
        after,
      })
      const head = await headOf(store, this.#namespace)
      return { kind: 'too_far_behind', because: 'damaged', epoch: store.epoch, floor: 0, head }
    }
  }

  #isWanted(change: ChangeHead): boolean {
    return this.#parts.teller.hasListener(this.#key(change.session), this.#makerOf(change))
  }

  /**
   * A change whose whole values are not to be had any more is not told: one of a later version took their place, and
   * whoever is told of that sees that a version is missing, and reads the session.
   */
  #tellChange(change: FeedChange): void {
    if (change.unavailable.length > 0) return
    this.#parts.teller.patched(this.#key(change.session), change, this.#makerOf(change))
  }

  /** The newest value, with the version that it belongs to: it may be ahead of what was read of the feed. */
  async #tellWhole({ session, version }: ChangeHead): Promise<void> {
    const { teller } = this.#parts
    const key = this.#key(session)
    if (!teller.hasWholeListener(key, this.#makerOf({ session, version }))) return
    const record = await this.#recordOf(session)
    if (record === null) return
    if (record.metadataVersion > version) this.#toldAhead.set(session, record.metadataVersion)
    teller.whole(key, record, this.#makerOf({ session, version: record.metadataVersion }))
  }

  /** What lies between can not be read. The values as they are now stand for it, in every room. */
  async #startAgain({ because, head }: Extract<FeedPage, { kind: 'too_far_behind' }>): Promise<void> {
    const { log, teller } = this.#parts
    const facts = { namespace: this.#namespace, because, after: this.#after, head }
    log.warn('sessions are told anew, the feed has a gap', facts)
    const ahead = this.#toldAhead
    this.#after = head
    this.#makers.clear()
    this.#toldAhead = new Map()
    for (const session of teller.listenedTo(this.#namespace)) {
      const record = await this.#recordOf(session)
      if (record === null) continue
      const key = this.#key(session)
      if ((ahead.get(session) ?? 0) < record.metadataVersion) teller.whole(key, record, undefined)
      teller.wholeInPlaceOfChanges(key, record)
    }
  }

  /** Null also where it can not be read: one session must not keep the others from being told. */
  async #recordOf(session: string) {
    const { store, log } = this.#parts
    try {
      return await store.readSession(this.#key(session))
    } catch (error) {
      if (isStopped(error)) throw error
      log.error('a session was not told of a change, it can not be read', error, {
        namespace: this.#namespace,
        session,
      })
      return null
    }
  }

  #key(session: string) {
    return { namespace: this.#namespace, session }
  }

  #makerOf(change: ChangeHead): ConnectionId | undefined {
    return this.#makers.get(nameOf(change))
  }
}

function nameOf({ session, version }: ChangeHead): string {
  return `${version} ${session}`
}

function isStopped(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'store_stopped'
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
