import { jsonEqual, type Json, type JsonObject } from '../../metadata/json.ts'
import { mergePatch, type HeldField } from '../../metadata/merge.ts'
import type { SessionView } from '../../protocol/http/session-view.ts'
import { clearResumeTokenRequest } from '../../protocol/up/clear-resume-token.ts'
import { patchMetadataRequest } from '../../protocol/up/patch-metadata.ts'
import { partnerOf } from '../../agents/registry.ts'
import { tokenFields } from '../clear-changes.ts'
import type { Change } from '../fields.ts'
import type { FakeLink, Packet } from './fake-link.ts'

export const SID = 'session-1'

interface Effect {
  readonly version: number
  readonly reason: string
  readonly changed: readonly string[]
}

/** One session, kept by the rules of the specification: the shared merge, versions of fields, and mutation ids. */
export class ModelHub {
  version: number
  /** The metadata as it was at each version. */
  readonly history = new Map<number, JsonObject>()
  readonly effects: Effect[] = []
  /** Answers to give before it answers by itself. */
  readonly instead: Json[] = []
  readonly ends: JsonObject[] = []
  readonly received: Packet[] = []
  readonly #fieldVersions = new Map<string, number>()
  readonly #mutations = new Map<string, { readonly body: Json; readonly answer: Json }>()
  readonly #links = new Set<FakeLink>()

  constructor(metadata: JsonObject, version = 1) {
    this.version = version
    this.history.set(version, metadata)
  }

  get metadata(): JsonObject {
    return this.at(this.version)
  }

  at(version: number): JsonObject {
    const metadata = this.history.get(version)
    if (metadata === undefined) throw new Error(`The hub never had a version ${version}.`)
    return metadata
  }

  join(link: FakeLink): void {
    this.#links.add(link)
  }

  answer(packet: Packet, from: FakeLink | null): Json | undefined {
    this.received.push(packet)
    const { event, payload } = packet
    if (event === 'session-end') this.ends.push(payload)
    if (event !== 'patch-metadata' && event !== 'clear-resume-token') return undefined
    const id = payload['mutationId'] as string
    const { expectedVersion: _version, ...body } = payload
    const first = this.#mutations.get(id)
    if (first !== undefined) {
      const reused = {
        result: 'error',
        code: 'mutation_reused',
        message: 'That id stands for another change.',
      }
      return jsonEqual(first.body, body) ? first.answer : reused
    }
    const instead = this.instead.shift()
    if (instead !== undefined) return instead
    const answer = event === 'patch-metadata' ? this.#patch(payload, from) : this.#clear(payload, from)
    if (answer['result'] === 'success') this.#mutations.set(id, { body, answer })
    return answer
  }

  /** Somebody writes who is not one of the clients. */
  write(patch: JsonObject): void {
    this.#patch({ sid: SID, patch, reason: 'elsewhere' }, null)
  }

  session(): SessionView {
    return {
      id: SID,
      tag: 'tag',
      createdAt: 1,
      updatedAt: 1,
      active: false,
      activeAt: null,
      thinking: false,
      thinkingAt: null,
      metadata: structuredClone(this.metadata),
      metadataVersion: this.version,
      damaged: [],
      settings: {},
    }
  }

  #patch(payload: JsonObject, from: FakeLink | null): JsonObject {
    const request = patchMetadataRequest.parse(payload)
    const patch = request.patch as JsonObject
    const names = Object.keys(patch)
    if (request.expectedVersion !== undefined && this.#isStale(request.expectedVersion, names))
      return this.#mismatch(names)
    const held = new Map(
      Object.entries(this.metadata).map(([name, value]): [string, HeldField] => [name, { value }]),
    )
    const merged = mergePatch(held, patch)
    if (merged.kind === 'refused') return { result: 'error', code: merged.code, message: merged.message }
    return this.#commit(merged.changes, { reason: request.reason ?? '', from })
  }

  #clear(payload: JsonObject, from: FakeLink | null): JsonObject {
    const request = clearResumeTokenRequest.parse(payload)
    const fields = tokenFields(request.flavor)
    const token = this.metadata[fields[0] ?? '']
    if (request.expectedToken !== undefined && token !== request.expectedToken)
      return this.#mismatch(fields.slice(0, 1))
    const changes = fields.filter((name) => Object.hasOwn(this.metadata, name))
    return this.#commit(
      changes.map((name) => ({ name, after: undefined })),
      { reason: request.reason, from },
    )
  }

  #isStale(expected: number, names: readonly string[]): boolean {
    const touched = names.flatMap((name) => [name, partnerOf(name) ?? name])
    return expected > this.version || touched.some((name) => (this.#fieldVersions.get(name) ?? 0) > expected)
  }

  #mismatch(names: readonly string[]): JsonObject {
    const conflicts = Object.fromEntries(names.map((name) => [name, this.metadata[name] ?? null]))
    return { result: 'version-mismatch', version: this.version, conflicts }
  }

  #commit(
    changes: readonly Change[],
    { reason, from }: { readonly reason: string; readonly from: FakeLink | null },
  ): JsonObject {
    const changed = changes.map(({ name }) => name)
    if (changed.length > 0) {
      const fields = new Map(Object.entries(this.metadata))
      this.version++
      for (const { name, after } of changes) {
        this.#fieldVersions.set(name, this.version)
        if (after === undefined) fields.delete(name)
        else fields.set(name, after)
      }
      this.history.set(this.version, Object.fromEntries(fields))
      this.effects.push({ version: this.version, reason, changed })
      this.#tell(changes, from)
    }
    return { result: 'success', version: this.version, changed, kept: [] }
  }

  #tell(changes: readonly Change[], maker: FakeLink | null): void {
    const kept = changes.filter(({ after }) => after !== undefined)
    const payload = {
      sid: SID,
      version: this.version,
      set: Object.fromEntries(kept.map(({ name, after }) => [name, after ?? null])),
      removed: changes.filter(({ after }) => after === undefined).map(({ name }) => name),
      seq: this.version,
      at: 1,
    }
    for (const link of this.#links)
      if (link !== maker && link.isUp) link.events.push({ event: 'session-patched', payload })
  }
}
