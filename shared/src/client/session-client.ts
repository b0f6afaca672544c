import { z } from 'zod'
import { HoldfastError } from '../errors/holdfast-error.ts'
import type { JsonObject } from '../metadata/json.ts'
import { errorEvent } from '../protocol/down/error.ts'
import { sessionPatched } from '../protocol/down/session-patched.ts'
import type { SessionView } from '../protocol/http/session-view.ts'
import type { SessionSettings } from '../protocol/session-settings.ts'
import type { SessionEndReason } from '../protocol/up/session-end.ts'
import { Connection } from './connection.ts'
import type { ConnectionState } from './connection-state.ts'
import { applyChanges, fieldsOf, metadataOf } from './fields.ts'
import { hubError, isPassing } from './hub-error.ts'
import type { Dial } from './link.ts'
import { MutationIds } from './mutation-id.ts'
import { Outbox, type Written } from './outbox.ts'
import type { Outside } from './outside.ts'
import { SessionDocument, type Confirmed } from './session-document.ts'
import { SessionReader } from './session-reader.ts'
import { TypedEmitter } from './typed-emitter.ts'
import { clearWrite } from './writes/clear-write.ts'
import { ComputedWrite, type ComputePatch } from './writes/computed-write.ts'
import { endWrite } from './writes/end-write.ts'
import { patchWrite } from './writes/patch-write.ts'
import type { Write } from './writes/write.ts'

/** As the hub sends them; a newer hub may say more than is known here. */
const PATCHED = sessionPatched.strip()
const COMPLAINED = errorEvent.strip()
const UPDATED = z.object({
  body: z.object({
    t: z.literal('update-session'),
    sid: z.string(),
    metadata: z.object({ version: z.int().positive(), value: z.record(z.string(), z.unknown()) }),
  }),
})

/** Those who lost the hub together read again spread over this time. */
const READ_SPREAD_MS = 1_000
/** An ack and the events around it overtake each other; a gap that closes by itself in this time needs no read. */
const GAP_MS = 100

export interface SessionClientParts {
  readonly sessionId: string
  readonly dial: Dial
  /** Reads the session from the hub, as it is at some time after the call. */
  readonly readSession: (signal?: AbortSignal) => Promise<SessionView>
  readonly outside: Outside
  /** What the hub said of the session, where somebody has just asked it. */
  readonly base?: Confirmed | undefined
  /** How long a write may wait for the hub; as long as the client lives, where it is left out. */
  readonly giveUpAfterMs?: number | undefined
}

export interface SessionClientEvents {
  /** The metadata as it is shown, or the version that it is based on, may be another; it is worked out when it is asked for. */
  readonly changed: { readonly version: number }
  readonly state: ConnectionState
  /** What went wrong without belonging to any one call; in the state `stopped`, what ended the client. */
  readonly error: HoldfastError
}

export interface WriteOptions {
  /** For whoever reads the session's history. */
  readonly reason?: string | undefined
  /** How long this write may wait for the hub; as long as any of this client's, where it is left out. */
  readonly giveUpAfterMs?: number | undefined
}

export interface AliveState extends SessionSettings {
  readonly thinking: boolean
  readonly mode?: string | undefined
}

export interface ClearToken {
  readonly flavor: string
  readonly reason: string
  /** The token that is meant; another one there stays. */
  readonly expectedToken?: string | undefined
}

export interface EndSession {
  readonly reason?: SessionEndReason | undefined
  readonly giveUpAfterMs?: number | undefined
}

/** A call of `ready` without an answer. */
interface Waiting {
  readonly resolve: (confirmed: Confirmed) => void
  readonly reject: (error: HoldfastError) => void
}

/**
 * One session, as a program sees it: its metadata at once with the program's own changes in it, and each of those brought
 * to the hub exactly once, through lost acks, lost connections and restarts of the hub.
 *
 * Changes of one field take effect in the order of the calls. So do all others, unless the hub puts one of them off.
 */
export class SessionClient implements AsyncDisposable {
  readonly #parts: SessionClientParts
  readonly #document: SessionDocument
  readonly #outbox: Outbox
  readonly #connection: Connection
  readonly #reader: SessionReader
  readonly #mutationIds: MutationIds
  readonly #emitter = new TypedEmitter<SessionClientEvents>()
  #waiting: readonly Waiting[] = []
  /** What `metadata` gives; null where it has to be worked out. */
  #shown: JsonObject | null = null
  #stoppedBy: HoldfastError | null = null
  /** It has been connected before, so this is not the first read. */
  #wasLive = false

  constructor(parts: SessionClientParts) {
    const { dial, outside, base } = parts
    this.#parts = parts
    this.#mutationIds = new MutationIds(outside)
    this.#document = new SessionDocument(base ?? null)
    this.#connection = new Connection({
      dial,
      outside,
      listener: {
        onLive: () => this.#live(),
        onLost: () => this.#lost(),
        onRefused: (error) => this.#stop(error),
        onEvent: (event, payload) => this.#heard(event, payload),
        onState: (state) => this.#emitter.emit('state', state),
      },
    })
    this.#outbox = new Outbox({
      outside,
      document: this.#document,
      owner: {
        link: () => this.#connection.link,
        onAnswered: () => this.#connection.proven(),
        onUnanswered: () => this.#connection.drop(),
        onStopped: (error) => this.#stop(error),
        onAdded: (write) => this.#added(write),
        onChanged: () => this.#changed(),
      },
    })
    this.#reader = new SessionReader(outside, {
      read: async (signal) => {
        await this.#readAndAdopt(signal)
        this.#connection.proven()
      },
      isBehind: () => this.#document.isBehind,
      onReadFailed: (error) => this.#readFailed(error),
    })
  }

  /** The metadata with all of this client's changes in it, also those that the hub has not taken yet. Not to be changed. */
  get metadata(): Readonly<JsonObject> {
    if (this.#shown !== null) return this.#shown
    const fields = this.#document.fieldsWithOwn()
    this.#outbox.applyTo(fields)
    this.#shown = metadataOf(fields)
    return this.#shown
  }

  /** What the hub has committed, as far as it is known here; null before the first read. */
  get confirmed(): Confirmed | null {
    return this.#document.confirmed
  }

  /** The confirmed version; 0 before the first read. */
  get version(): number {
    return this.#document.confirmed?.version ?? 0
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  /** Why the client is stopped; null while it is not. */
  get stoppedBy(): HoldfastError | null {
    return this.#stoppedBy
  }

  /** What it returns ends the listening. */
  on<Name extends keyof SessionClientEvents>(
    name: Name,
    listener: (payload: SessionClientEvents[Name]) => void,
  ): () => void {
    return this.#emitter.on(name, listener)
  }

  start(): void {
    this.#connection.start()
  }

  /** Resolves once a confirmed value is here; rejects when the client stops before that. */
  ready(): Promise<Confirmed> {
    if (this.#stoppedBy !== null) return Promise.reject(this.#stoppedBy)
    const { confirmed } = this.#document
    if (confirmed !== null) return Promise.resolve(confirmed)
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { resolve, reject }]
    })
  }

  /**
   * Changes fields: RFC 7396, null removes. Shown at once; resolves when the hub has it durably. With a function the
   * patch is made of the confirmed value, and made again where one of the fields that it names was changed by somebody
   * else meanwhile; so let it name every field that it looks at.
   */
  updateMetadata(change: JsonObject | ComputePatch, options: WriteOptions = {}): Promise<Written> {
    const sid = this.#parts.sessionId
    const { reason } = options
    const nextMutationId = (): string => this.#mutationIds.next()
    return this.#add(
      () =>
        typeof change === 'function'
          ? new ComputedWrite({ sid, compute: change, nextMutationId, reason })
          : patchWrite({ sid, patch: change, mutationId: nextMutationId(), reason }),
      options,
    )
  }

  /** Gives up a resume token on purpose. */
  clearResumeToken(clear: ClearToken, options: Omit<WriteOptions, 'reason'> = {}): Promise<Written> {
    const { flavor, reason, expectedToken } = clear
    const sid = this.#parts.sessionId
    return this.#add(
      () => clearWrite({ sid, flavor, reason, expectedToken, mutationId: this.#mutationIds.next() }),
      options,
    )
  }

  /** Says that the session ended; resolves when the hub has heard it. Writes may still follow. */
  async end({ reason, giveUpAfterMs }: EndSession = {}): Promise<void> {
    const { sessionId: sid, outside } = this.#parts
    await this.#add(() => endWrite({ sid, time: outside.now(), reason }), { giveUpAfterMs })
  }

  /** Says that the session is alive, to whoever hears it now: it is not kept for later. */
  alive(alive: AliveState): void {
    const { sessionId: sid, outside } = this.#parts
    this.#connection.link?.tellNow('session-alive', { ...alive, sid, time: outside.now() })
  }

  /** Reads the session now, whole; what it says counts as confirmed. */
  readSession(): Promise<SessionView> {
    return this.#stoppedBy === null ? this.#readAndAdopt() : Promise.reject(this.#stoppedBy)
  }

  /** Ends it at once. A write that has no answer yet is rejected; await it before, where it matters. */
  close(): void {
    this.#stop(new HoldfastError('client_closed', 'The client was closed.'))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #add(make: () => Write, { giveUpAfterMs = this.#parts.giveUpAfterMs }: WriteOptions): Promise<Written> {
    if (this.#stoppedBy !== null) return Promise.reject(this.#stoppedBy)
    try {
      return this.#outbox.add(make(), giveUpAfterMs ?? null)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #added(write: Write): void {
    // The newest is shown on top of all others, so what is shown already need not be worked out again.
    if (this.#shown !== null) {
      const fields = fieldsOf(this.#shown)
      applyChanges(fields, write.changesOn(fields) ?? [])
      this.#shown = metadataOf(fields)
    }
    this.#emitter.emit('changed', { version: this.version })
  }

  #live(): void {
    this.#document.doubt()
    this.#reader.resume()
    this.#reader.lookIn(this.#wasLive ? this.#parts.outside.random() * READ_SPREAD_MS : 0)
    this.#wasLive = true
    this.#outbox.pump()
  }

  #lost(): void {
    this.#reader.pause()
    this.#outbox.lost()
  }

  #heard(event: string, payload: unknown): void {
    if (event === 'session-patched') this.#patched(payload)
    if (event === 'update') this.#updated(payload)
    if (event === 'error') this.#complained(payload)
  }

  #patched(payload: unknown): void {
    const parsed = PATCHED.safeParse(payload)
    if (parsed.success && parsed.data.sid !== this.#parts.sessionId) return
    if (parsed.success) this.#document.told(parsed.data)
    else this.#document.doubt()
    this.#changed()
    this.#outbox.pump()
  }

  /** The hub sends the whole value where it can not tell the changes one by one. */
  #updated(payload: unknown): void {
    const parsed = UPDATED.safeParse(payload)
    if (!parsed.success || parsed.data.body.sid !== this.#parts.sessionId) return
    const { version, value } = parsed.data.body.metadata
    this.#document.toldWhole({ version, metadata: value as JsonObject })
    this.#changed()
    this.#outbox.pump()
  }

  #complained(payload: unknown): void {
    const parsed = COMPLAINED.safeParse(payload)
    if (parsed.success) this.#emitter.emit('error', hubError(parsed.data.code, parsed.data.message))
  }

  async #readAndAdopt(signal?: AbortSignal): Promise<SessionView> {
    const mark = this.#document.beginRead()
    const session = await this.#parts.readSession(signal)
    const { metadataVersion: version } = session
    const metadata = session.metadata as JsonObject
    if (this.#stoppedBy !== null) return session
    const before = this.version
    const adoption = this.#document.adopt({ version, metadata }, mark)
    if (adoption === 'rewound') {
      const message = `The hub went back from version ${before} to ${version}; what it says now is taken.`
      this.#emitter.emit('error', new HoldfastError('internal', message))
    }
    this.#changed()
    this.#outbox.pump()
    return session
  }

  /** Whether another read makes sense. */
  #readFailed(error: unknown): boolean {
    if (this.#stoppedBy !== null) return false
    const message = 'The session could not be read.'
    const known =
      error instanceof HoldfastError ? error : new HoldfastError('internal', message, { cause: error })
    if (isPassing(known)) {
      this.#emitter.emit('error', known)
      return true
    }
    this.#stop(known)
    return false
  }

  /** What waits in the outbox, or what is confirmed, may be another. */
  #changed(): void {
    this.#shown = null
    const { confirmed, isBehind } = this.#document
    if (isBehind) this.#reader.lookIn(GAP_MS)
    if (confirmed !== null) {
      const waiting = this.#waiting
      this.#waiting = []
      for (const { resolve } of waiting) resolve(confirmed)
    }
    if (this.#stoppedBy === null) this.#emitter.emit('changed', { version: this.version })
  }

  #stop(error: HoldfastError): void {
    if (this.#stoppedBy !== null) return
    this.#stoppedBy = error
    this.#reader.pause()
    this.#connection.stop()
    this.#outbox.end(error)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
    this.#shown = null
    if (error.code !== 'client_closed') this.#emitter.emit('error', error)
  }
}
