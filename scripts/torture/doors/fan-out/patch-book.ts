import { canonicalJson, type JsonObject } from '@holdfast/shared/metadata/json'
import type { WatchedChange } from '@holdfast/shared/protocol/watch/changes'
import type { Find } from './find.ts'
import type { SessionAt } from './folded-sessions.ts'

/** A patch, and what its ack says of it. */
export interface WrittenPatch {
  readonly session: string
  readonly version: number
  readonly patch: JsonObject
  readonly changed: readonly string[]
}

interface Page {
  readonly written: Map<number, WrittenPatch>
  /** By version, how the first watcher was told of it. */
  readonly told: Map<number, string>
}

/** What was written and acknowledged, and what watchers were told of it: for one version, the same. */
export class PatchBook {
  readonly #pages = new Map<string, Page>()
  readonly #find: Find
  #writes = 0

  constructor(find: Find) {
    this.#find = find
  }

  /** Each acknowledged write is one entry of the feed. */
  get writes(): number {
    return this.#writes
  }

  get sessions(): readonly string[] {
    return [...this.#pages.keys()]
  }

  /** How many versions somebody was told of. */
  get toldVersions(): number {
    return [...this.#pages.values()].reduce((sum, { told }) => sum + told.size, 0)
  }

  written(write: WrittenPatch): void {
    const { written } = this.#pageOf(write.session)
    if (written.has(write.version))
      this.#find('duplicate', `${write.session}: version ${write.version} was acked twice`)
    written.set(write.version, write)
    this.#writes += 1
  }

  told({ sid, version, set, removed, unavailable }: WatchedChange): void {
    const { told } = this.#pageOf(sid)
    const text = JSON.stringify([set, removed])
    const before = told.get(version)
    if (before === undefined) told.set(version, text)
    else if (before !== text && sameText(before) !== sameText(text))
      this.#find('shown', `${sid}: version ${version} was told as ${before} and as ${text}`)
    if (unavailable !== undefined)
      this.#find('shown', `${sid}: of version ${version}, ${unavailable.join(', ')} was not told`)
  }

  /** To be called when everything that was sent is acknowledged: holds what was told against what was written. */
  check(): void {
    for (const [session, { written, told }] of this.#pages)
      for (const [version, text] of told) {
        const write = written.get(version)
        const expected = write === undefined ? 'nothing that was acked' : changeOf(write)
        if (expected !== sameText(text))
          this.#find('shown', `${session}: version ${version} is ${expected}, and was told as ${text}`)
      }
  }

  /** What a session must be after everything that was acknowledged. */
  documentOf(session: string): SessionAt {
    const { written } = this.#pageOf(session)
    const metadata: JsonObject = {}
    for (const { patch } of [...written.values()].toSorted((one, other) => one.version - other.version))
      for (const [field, value] of Object.entries(patch)) {
        if (value === null) delete metadata[field]
        else metadata[field] = value
      }
    return { version: Math.max(0, ...written.keys()), metadata }
  }

  #pageOf(session: string): Page {
    const known = this.#pages.get(session)
    if (known !== undefined) return known
    const page: Page = { written: new Map(), told: new Map() }
    this.#pages.set(session, page)
    return page
  }
}

/** Text that is the same for the same change, in whatever order its fields stand. */
function sameText(told: string): string {
  const [set, removed] = JSON.parse(told) as [JsonObject, string[]]
  return canonicalJson([set, removed.toSorted()])
}

function changeOf({ patch, changed }: WrittenPatch): string {
  const set: JsonObject = {}
  const removed: string[] = []
  for (const field of changed) {
    const value = patch[field]
    if (value === undefined || value === null) removed.push(field)
    else set[field] = value
  }
  return canonicalJson([set, removed.toSorted()])
}
