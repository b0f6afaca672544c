import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Changes, WatchedChange } from '@holdfast/shared/protocol/watch/changes'
import type { Facts } from '@holdfast/shared/protocol/watch/facts'
import type { Resync } from '@holdfast/shared/protocol/watch/resync'
import { EVENTS } from '@holdfast/shared/protocol/events'
import type { WatchAck } from '@holdfast/shared/protocol/watch/watch'
import { io, type Socket } from 'socket.io-client'

const { down } = EVENTS['/watch']
const PATIENCE_MS = 60_000

/** What the socket library hands over; the ack is the answer to it. */
export interface Told {
  readonly event: 'changes' | 'facts' | 'resync'
  readonly payload: unknown
  readonly ack: () => void
}

/** A session as a watcher folds it. */
export interface Folded {
  readonly version: number
  readonly metadata: JsonObject
}

export interface WatchClientOptions {
  readonly url: string
  /** Null for a browser, which has a cookie in its place. */
  readonly token: string | null
  readonly cookie?: string
  /** Reads sessions as a snapshot; all that are there where none is named. */
  readonly snapshot: (session?: string) => Promise<ReadonlyMap<string, Folded>>
  /** Of how many messages one is held against the protocol; of all where it is left out. */
  readonly checkedOneOf?: number
  /** Hears of each version that it folds. */
  readonly folded?: (session: string, folded: Folded) => void
  /** What happens to a message on its way: `take` is to be called for each that arrives. */
  readonly way?: (told: Told, take: (told: Told) => void) => void
}

/** A watcher as the protocol asks for it: it folds changes, and sees every gap. */
export class WatchClient implements Disposable {
  readonly sessions = new Map<string, Folded>()
  readonly messages: Told[] = []
  readonly seqs: number[] = []
  readonly resyncs: Resync[] = []
  readonly facts: Facts[] = []
  epoch: string | null = null
  seq = 0
  /** Gaps that it saw, and connections that it made. */
  gaps = 0
  connections = 0
  #socket: Socket | null = null
  readonly #options: WatchClientOptions

  constructor(options: WatchClientOptions) {
    this.#options = options
  }

  get isConnected(): boolean {
    return this.#socket?.connected === true
  }

  /** Connects, with a new transport, and watches from where it is; from the beginning where it has nothing. */
  async watch(request: object = this.#request()): Promise<WatchAck> {
    this.disconnect()
    this.connections += 1
    const { url, token, cookie, way } = this.#options
    const socket = io(`${url}/watch`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: token === null ? {} : { token },
      ...(cookie === undefined ? {} : { extraHeaders: { cookie } }),
    })
    this.#socket = socket
    socket.onAny((event: Told['event'], payload: unknown, ack: () => void) => {
      const told: Told = { event, payload: this.#checked(event, payload), ack }
      this.messages.push(told)
      const take = (arrived: Told): void => void this.#take(socket, arrived)
      if (way === undefined) take(told)
      else way(told, take)
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
      // A refusal is told after the end that it brings.
      socket.io.once('close', (reason) => setImmediate(() => reject(new Error(reason))))
    })
    return (await socket.timeout(PATIENCE_MS).emitWithAck('watch', request)) as WatchAck
  }

  ask(event: string, ...payload: readonly unknown[]): Promise<unknown> {
    if (this.#socket === null) throw new Error('It is not connected.')
    return this.#socket.timeout(PATIENCE_MS).emitWithAck(event, ...payload)
  }

  disconnect(): void {
    this.#socket?.disconnect()
    this.#socket = null
  }

  [Symbol.dispose](): void {
    this.disconnect()
  }

  #checked(event: Told['event'], payload: unknown): unknown {
    const { checkedOneOf = 1 } = this.#options
    return this.messages.length % checkedOneOf === 0 ? down[event].payload.parse(payload) : payload
  }

  #request(): object {
    return this.epoch === null ? { since: 0 } : { since: this.seq, epoch: this.epoch }
  }

  /** Acks when it has taken everything in, reads included: what comes next comes after that. */
  async #take(socket: Socket, { event, payload, ack }: Told): Promise<void> {
    // What is still on its way when its connection has ended is of the past.
    if (socket !== this.#socket) return
    if (event === 'facts') this.facts.push(payload as Facts)
    else if (event === 'resync') await this.#startAnew(payload as Resync)
    else await this.#takeChanges(payload as Changes)
    ack()
  }

  async #startAnew(resync: Resync): Promise<void> {
    this.resyncs.push(resync)
    this.epoch = resync.epoch
    this.seq = resync.head
    await this.#read()
  }

  async #takeChanges({ epoch, changes }: Changes): Promise<void> {
    this.epoch ??= epoch
    const unread = new Set<string>()
    for (const change of changes) {
      if (change.seq <= this.seq) continue
      if (change.seq !== this.seq + 1) return this.#lost()
      this.seq = change.seq
      this.seqs.push(change.seq)
      this.#fold(change)
      if (change.unavailable !== undefined) unread.add(change.sid)
    }
    for (const session of unread) await this.#read(session)
  }

  /** Something is missing: it has to connect anew, and to ask from the last one that it has. */
  #lost(): void {
    this.gaps += 1
    this.disconnect()
  }

  #fold({ sid, version, set, removed }: WatchedChange): void {
    const known = this.sessions.get(sid)
    if (known !== undefined && version <= known.version) return
    const before = Object.entries(known?.metadata ?? {}).filter(([field]) => !removed.includes(field))
    const metadata = { ...Object.fromEntries(before), ...(set as JsonObject) }
    this.sessions.set(sid, { version, metadata })
    this.#options.folded?.(sid, { version, metadata })
  }

  async #read(session?: string): Promise<void> {
    for (const [id, folded] of await this.#options.snapshot(session)) {
      if (folded.version >= (this.sessions.get(id)?.version ?? 0)) this.sessions.set(id, folded)
    }
  }
}
