import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { SessionKey } from '../../store/store.ts'
import { patchesRoom, wholeRoom, type RoomMessage } from '../rooms.ts'

interface Versioned {
  readonly version: number
  readonly value: JsonObject
}

interface Patched {
  readonly version: number
  readonly set: JsonObject
  readonly removed: readonly string[]
}

/** What a client of a session knows, and what it was told over one connection. */
export abstract class FakeClient {
  readonly id: string
  readonly key: SessionKey
  abstract readonly room: string
  version: number
  document: JsonObject
  /** Its own version when it came. */
  readonly joinedAt: number
  readonly told: number[] = []
  /** The versions that its own writes made. */
  readonly made = new Set<number>()
  /** It has seen that a version is missing, and will read the session. */
  mustRead = false

  constructor(id: string, key: SessionKey, { metadata, metadataVersion }: SessionRecord) {
    this.id = id
    this.key = key
    this.document = metadata
    this.version = metadataVersion
    this.joinedAt = metadataVersion
  }

  abstract hear(message: RoomMessage): void

  /** The ack of its own write that made this version, with the patch that it sent or the whole value that it got. */
  abstract acked(version: number, change: { readonly patch?: JsonObject; readonly value?: JsonObject }): void

  read({ metadata, metadataVersion }: SessionRecord): void {
    this.mustRead = false
    this.take({ version: metadataVersion, value: metadata })
  }

  protected take({ version, value }: Versioned): void {
    if (version <= this.version) return
    this.version = version
    this.document = value
  }
}

/** A released client: it takes whole values whose version is higher than its own. */
export class WholeClient extends FakeClient {
  readonly room = wholeRoom(this.key)

  hear({ payload }: RoomMessage): void {
    const { metadata } = (payload as { body: { metadata: Versioned } }).body
    this.told.push(metadata.version)
    this.take(metadata)
  }

  acked(version: number, { value }: { readonly value?: JsonObject }): void {
    if (value === undefined) this.mustRead = true
    else this.take({ version, value })
  }
}

/** A client of ours: it takes the change that makes its own version + 1, and reads the session where one is missing. */
export class PatchesClient extends FakeClient {
  readonly room = patchesRoom(this.key)

  hear({ payload }: RoomMessage): void {
    const { version, set, removed } = payload as Patched
    this.told.push(version)
    if (!this.#isNext(version)) return
    const kept = Object.entries(this.document).filter(([name]) => !removed.includes(name))
    this.take({ version, value: { ...Object.fromEntries(kept), ...set } })
  }

  acked(version: number, { patch }: { readonly patch?: JsonObject }): void {
    if (patch === undefined) this.mustRead ||= version > this.version
    else if (this.#isNext(version)) this.take({ version, value: patchedBy(this.document, patch) })
  }

  #isNext(version: number): boolean {
    if (version > this.version + 1) this.mustRead = true
    return version === this.version + 1
  }
}

/** Of a flat patch. */
function patchedBy(document: JsonObject, patch: JsonObject): JsonObject {
  const merged = Object.entries({ ...document, ...patch })
  return Object.fromEntries(merged.filter(([name]) => patch[name] !== null))
}
