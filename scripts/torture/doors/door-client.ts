import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { sessionPatched } from '@holdfast/shared/protocol/down/session-patched'
import { update } from '@holdfast/shared/protocol/down/update'
import { sessionAnswer } from '@holdfast/shared/protocol/http/session'
import type { z } from 'zod'
import type { FindingKind } from '../finding.ts'
import { between, chance, type Random } from '../random.ts'
import type { Operation } from '../write-log.ts'
import type { DoorHttp, Requested } from './door-http.ts'
import { DoorSocket, type Called, type SocketListener } from './door-socket.ts'
import type { Ledger, OpenWrite, SessionPlace } from './ledger.ts'

export interface ClientParts {
  /** Begins the ids of everything that it sends. */
  readonly name: string
  /** The session for which it connects. */
  readonly place: SessionPlace
  readonly url: string
  readonly token: string
  readonly http: DoorHttp
  readonly ledger: Ledger
  readonly random: Random
  /** Sessions that anybody made, to be read and written beside one's own. */
  readonly places: SessionPlace[]
}

/** Documents stay small: here it is the doors that work, not the disk. */
export const shortText = (random: Random): number => between(random, 3, 30)

/** What both kinds of clients do: connect, listen, read, and say what they saw. */
export abstract class DoorClient implements SocketListener {
  protected readonly parts: ClientParts
  protected readonly socket: DoorSocket
  /** The newest version that it was answered or told; 0 where it knows none. */
  protected known = 0
  protected knownState = 0
  #made = 0

  constructor(parts: ClientParts, ours: boolean) {
    this.parts = parts
    const { name, url, token, place } = parts
    this.socket = new DoorSocket({ name, url, token, session: place.session, ours }, this)
  }

  /** One thing that such a client does, to its end. */
  abstract step(): Promise<void>

  /** Sends once more what has no answer yet; true where nothing is left. */
  abstract settle(): Promise<boolean>

  get place(): SessionPlace {
    return this.parts.place
  }

  get knownVersion(): number {
    return this.known
  }

  connected(withinMs: number): Promise<boolean> {
    return this.socket.connected(withinMs)
  }

  close(): void {
    this.socket.close()
  }

  problem(kind: FindingKind, what: string): void {
    this.parts.ledger.find(kind, `${this.parts.name}: ${what}`)
  }

  heard(event: string, payload: unknown, connection: string): void {
    if (event === 'session-patched') this.#heardPatch(payload, connection)
    else if (event === 'update') this.#heardUpdate(payload, connection)
    else this.problem('refused', `was sent the event ${event}: ${JSON.stringify(payload)}`)
  }

  #heardPatch(payload: unknown, connection: string): void {
    const event = this.understood(sessionPatched, payload)
    if (event === null) return
    const { sid, version, set, removed } = event
    if (sid !== this.place.session) return this.problem('shown', `was told of another session, ${sid}`)
    this.parts.ledger.hear(this.place, connection, version)
    this.parts.ledger.hearChange(this.place, { version, set: set as JsonObject, removed })
    this.learn(version)
  }

  #heardUpdate(payload: unknown, connection: string): void {
    const event = this.understood(update, payload)
    if (event === null || event.body.t !== 'update-session') return
    const { sid, metadata, agentState } = event.body
    if (sid !== this.place.session) return this.problem('shown', `was told of another session, ${sid}`)
    if (agentState !== null) {
      this.parts.ledger.hearState(this.place, connection, agentState.version)
      this.learn(0, agentState.version)
    }
    if (metadata === null) return
    const seen = { version: metadata.version, metadata: metadata.value as Json }
    this.parts.ledger.hear(this.place, connection, seen.version)
    this.parts.ledger.show(this.place, seen)
    this.learn(seen.version)
  }

  protected learn(version: number, stateVersion = 0): void {
    this.known = Math.max(this.known, version)
    this.knownState = Math.max(this.knownState, stateVersion)
  }

  /** A message of the hub's that has not its shape is a fault of the hub's. */
  protected understood<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> | null {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    this.problem('shown', `was sent ${JSON.stringify(value)?.slice(0, 200)}: ${parsed.error.message}`)
    return null
  }

  protected newId(): string {
    this.#made += 1
    return `${this.parts.name}-${String(this.#made).padStart(8, '0')}`
  }

  protected anyPlace(): SessionPlace {
    const { random, places, place } = this.parts
    const ours = places.filter(({ namespace }) => namespace === place.namespace)
    return ours[Math.floor(random() * ours.length)] ?? place
  }

  protected begin(op: Operation): OpenWrite {
    return this.parts.ledger.begin(op)
  }

  protected async call(event: string, payload: unknown): Promise<Called> {
    return this.timed(() => this.socket.call(event, payload), event)
  }

  protected async timed<Outcome extends Called | Requested>(
    send: () => Promise<Outcome>,
    what: string,
  ): Promise<Outcome> {
    const called = this.parts.ledger.tick()
    const outcome = await send()
    this.parts.ledger.ended(called, outcome)
    if (outcome.kind === 'silent') this.problem('unanswered', `${what} was not answered`)
    return outcome
  }

  /** Over HTTP; null where it was not answered. */
  async read(place: SessionPlace, http = this.parts.http): Promise<number | null> {
    const { ledger } = this.parts
    const by = { id: `read-${this.newId()}`, called: ledger.tick() }
    const answer = await this.timed(() => http.read(place), 'a read')
    if (answer.kind !== 'answered' || answer.status === 503) return null
    if (answer.status !== 200) {
      this.problem('refused', `a read was answered ${JSON.stringify(answer)}`)
      return null
    }
    const body = this.understood(sessionAnswer, answer.body)
    if (body === null) return null
    const { metadata, metadataVersion: version, agentStateVersion: stateVersion } = body.session
    ledger.read(place, by, { version, metadata: metadata as Json, stateVersion })
    if (place.session === this.place.session) this.learn(version, stateVersion)
    return version
  }

  /** Now and then something that is not its own. */
  protected placeToRead(): SessionPlace {
    return chance(this.parts.random, 0.3) ? this.anyPlace() : this.place
  }
}
