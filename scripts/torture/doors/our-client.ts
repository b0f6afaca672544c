import { clearResumeTokenAck } from '@holdfast/shared/protocol/up/clear-resume-token'
import { sessionAnswer } from '@holdfast/shared/protocol/http/session'
import type { FieldsAck } from '@holdfast/shared/protocol/up/fields-ack'
import { tokensNamed, tokensOf } from '../named-tokens.ts'
import { chance, pick } from '../random.ts'
import { birth, patch, USED } from '../sample-metadata.ts'
import type { RepeatableOperation } from '../write-log.ts'
import { DoorClient, shortText, type ClientParts } from './door-client.ts'
import type { OpenWrite, SessionPlace } from './ledger.ts'
import { uuidOf } from './uuid-of.ts'

/** Nothing was written, or nobody knows: the same is sent again. */
const AGAIN = new Set([
  'outcome_unknown',
  'overloaded',
  'shutting_down',
  'store_stopped',
  'storage_busy',
  'storage_full',
  'storage_error',
])

interface Waiting {
  readonly write: OpenWrite
  /** Sends it, again with the same mutation id. */
  readonly send: () => Promise<void>
}

/** A client of ours: patches with mutation ids, which it sends again until it knows what became of them. */
export class OurClient extends DoorClient {
  readonly #waiting: Waiting[] = []
  /** Another client's connection, by which the same mutation may be sent too. */
  twin: OurClient = this

  constructor(parts: ClientParts) {
    super(parts, true)
  }

  async step(): Promise<void> {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) return this.#try(waiting)
    const { random } = this.parts
    const roll = random()
    if (roll < 0.1) return void (await this.read(this.placeToRead()))
    if (roll < 0.12) return this.#create()
    if (roll < 0.16) return this.#clear()
    if (roll < 0.22) return this.#patchTwice()
    if (roll < 0.45) return this.#patch(true, this.place)
    return this.#patch(false, chance(random, 0.15) ? this.anyPlace() : this.place)
  }

  async settle(): Promise<boolean> {
    for (let left = this.#waiting.length; left > 0; left -= 1) {
      const waiting = this.#waiting.shift()
      if (waiting !== undefined) await this.#try(waiting)
    }
    return this.#waiting.length === 0
  }

  /** One more change of its session, so that everybody who listens is told of something. */
  touch(): Promise<void> {
    return this.#patch(false, this.place)
  }

  async #try(waiting: Waiting): Promise<void> {
    await waiting.send()
    if (this.parts.ledger.isOpen(waiting.write)) this.#waiting.push(waiting)
  }

  /** Against the version that it knows, or against whatever is there. */
  #patch(isVersioned: boolean, place: SessionPlace): Promise<void> {
    const write = this.#newPatch(place)
    const expectedVersion = isVersioned && this.known > 0 ? this.known : undefined
    return this.#try({ write, send: () => this.sendPatch(write, expectedVersion) })
  }

  /** As a client does that lost its connection and asks again over another one. */
  async #patchTwice(): Promise<void> {
    const write = this.#newPatch(this.place)
    const send = (): Promise<void> => this.sendPatch(write)
    await Promise.all([this.#try({ write, send }), this.twin.sendPatch(write)])
  }

  #newPatch({ namespace, session }: SessionPlace): OpenWrite {
    const id = this.newId()
    return this.begin({
      id,
      namespace,
      session,
      kind: 'patch',
      patch: patch(this.parts.random, id, shortText),
    })
  }

  async sendPatch(write: OpenWrite, expectedVersion?: number): Promise<void> {
    const { op } = write
    if (op.kind !== 'patch') return
    const once = { sid: op.session, mutationId: op.id, reason: op.id }
    const expected = expectedVersion === undefined ? {} : { expectedVersion }
    const answer = await this.call('patch-metadata', { ...once, patch: op.patch, ...expected })
    if (answer.kind === 'answered') this.#answered(write, op, answer.value)
  }

  #clear(): Promise<void> {
    const { namespace, session } = this.place
    const { flavor } = pick(this.parts.random, USED)
    const id = this.newId()
    const op = { id, namespace, session, kind: 'clear', flavor } as const
    const write = this.begin(op)
    const send = async (): Promise<void> => {
      const request = { sid: session, flavor, reason: id, mutationId: id }
      const answer = await this.call('clear-resume-token', request)
      if (answer.kind === 'answered') this.#answered(write, op, answer.value)
    }
    return this.#try({ write, send })
  }

  #answered(write: OpenWrite, op: RepeatableOperation, value: unknown): void {
    const ack = this.understood(clearResumeTokenAck, value)
    if (ack === null) return
    if (ack.result === 'success') this.#succeeded(write, op, ack)
    else if (ack.result === 'version-mismatch') this.parts.ledger.decline(write, ack.result, ack.version)
    else if (!AGAIN.has(ack.code)) {
      this.parts.ledger.decline(write, ack.code)
      this.problem('refused', `${op.id} was refused: ${ack.code} ${ack.message}`)
    }
  }

  #succeeded(
    write: OpenWrite,
    op: RepeatableOperation,
    { version, changed }: Extract<FieldsAck, { result: 'success' }>,
  ): void {
    const tokens = changed.length === 0 ? {} : tokensNamed(op)
    this.parts.ledger.acknowledge(write, { id: op.id, version, effective: changed.length > 0, tokens })
    if (op.session === this.place.session) this.learn(version)
  }

  /** A session of its own choosing, over HTTP; the same again finds what it made. */
  #create(): Promise<void> {
    const { namespace } = this.place
    const id = this.newId()
    const metadata = { ...birth(this.parts.random, id, shortText), lastWrite: id }
    const session = uuidOf(this.parts.random)
    const write = this.begin({ id, namespace, session, kind: 'create', metadata })
    const send = async (): Promise<void> => {
      const request = { tag: id, id: session, metadata }
      const answer = await this.timed(() => this.parts.http.create(namespace, request), 'a creation')
      if (answer.kind !== 'answered' || answer.status === 503) return
      if (answer.status !== 200) {
        this.parts.ledger.decline(write, String(answer.status))
        return this.problem('refused', `${id} was refused: ${JSON.stringify(answer)}`)
      }
      this.#created(write, answer.body)
    }
    return this.#try({ write, send })
  }

  #created(write: OpenWrite, value: unknown): void {
    const { ledger, places } = this.parts
    const body = this.understood(sessionAnswer, value)
    if (body === null) return
    const { metadataVersion: version, metadata } = body.session
    const { id, namespace, session } = write.op
    const isNew = version === 1
    const tokens = tokensOf(metadata as { [field: string]: unknown })
    ledger.acknowledge(write, { id, version, effective: isNew, tokens: isNew ? tokens : {} })
    if (isNew) ledger.bornState({ namespace, session }, write)
    places.push({ namespace, session })
  }
}
