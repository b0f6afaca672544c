import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { updateMetadataAck } from '@holdfast/shared/protocol/up/update-metadata'
import { updateStateAck } from '@holdfast/shared/protocol/up/update-state'
import { tokensOf } from '../named-tokens.ts'
import { chance } from '../random.ts'
import { sparseBlob } from '../sample-metadata.ts'
import { DoorClient, shortText, type ClientParts } from './door-client.ts'
import type { OpenWrite } from './ledger.ts'

/** As a released client writes: one whole blob after the other, each against the version that the answer before it gave. */
export class ReleasedClient extends DoorClient {
  constructor(parts: ClientParts) {
    super(parts, false)
  }

  async step(): Promise<void> {
    if (this.known === 0 || this.knownState === 0 || chance(this.parts.random, 0.08))
      return void (await this.read(this.place))
    if (this.knownState > 0 && chance(this.parts.random, 0.15)) await this.#replaceState()
    else await this.#replace()
  }

  /** It has no mutation ids: what is not answered stays unknown to it. */
  settle(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async #replace(): Promise<void> {
    const { random } = this.parts
    const id = this.newId()
    const expected = this.known
    const metadata: JsonObject = { ...sparseBlob(random, id, shortText), lastWrite: id }
    const write = this.begin({ id, ...this.place, kind: 'replace', expected, metadata })
    const request = { sid: this.place.session, expectedVersion: expected, metadata }
    const answer = await this.call('update-metadata', request)
    if (answer.kind === 'answered') this.#answered(write, answer.value)
    // What it knows may be old now, and a blob against an old version would only be refused.
    else this.known = 0
  }

  async #replaceState(): Promise<void> {
    const { ledger, random } = this.parts
    const id = this.newId()
    const agentState = { controlledByUser: chance(random, 0.5), requests: {}, lastWrite: id }
    const call = ledger.beginState(this.place, id)
    const expectedVersion = this.knownState
    const request = { sid: this.place.session, expectedVersion, agentState }
    const answer = await this.call('update-state', request)
    const ack = answer.kind === 'answered' ? this.understood(updateStateAck, answer.value) : null
    if (ack === null) this.knownState = 0
    else if (ack.result === 'error')
      this.problem('refused', `${id} was answered an error: ${ack.reason ?? 'no reason'}`)
    else {
      if (ack.result === 'success' && ack.version !== expectedVersion + 1)
        this.problem('stale', `${id} expected state ${expectedVersion} and made version ${ack.version}`)
      ledger.settleState(call, ack.result === 'success' ? 'write' : 'read', ack.version)
      this.learn(0, ack.version)
    }
  }

  #answered(write: OpenWrite, value: unknown): void {
    const { ledger } = this.parts
    const ack = this.understood(updateMetadataAck, value)
    if (ack === null) return
    if (ack.result === 'error')
      return this.problem('refused', `${write.op.id} was answered an error: ${ack.reason ?? 'no reason'}`)
    const seen = { version: ack.version, metadata: ack.metadata as Json }
    ledger.show(this.place, seen)
    this.learn(ack.version)
    if (ack.result === 'version-mismatch') return ledger.decline(write, ack.result, ack.version)
    if (ack.refused !== undefined)
      this.problem('refused', `${write.op.id}: fields were refused: ${JSON.stringify(ack.refused)}`)
    const tokens = tokensOf(ack.metadata as { [field: string]: unknown })
    ledger.acknowledge(write, { id: write.op.id, version: ack.version, effective: true, tokens })
  }
}
