import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { WatchedChange } from '@holdfast/shared/protocol/watch/changes'
import type { Find } from './find.ts'

export interface SessionAt {
  readonly version: number
  readonly metadata: JsonObject
}

interface Folded extends SessionAt {
  /** The version of the last snapshot: changes up to it may still be told, and are in it already. */
  readonly snapshot: number
}

const UNKNOWN: Folded = { version: 0, metadata: {}, snapshot: 0 }

/** Sessions as one watcher has them. Each change is one version further than the last one, or was in a snapshot. */
export class FoldedSessions {
  readonly #sessions = new Map<string, Folded>()
  readonly #find: Find

  constructor(find: Find) {
    this.#find = find
  }

  /** Version 0 and no fields where nothing is known of it. */
  at(session: string): SessionAt {
    const { version, metadata } = this.#sessions.get(session) ?? UNKNOWN
    return { version, metadata }
  }

  change({ sid, version, set, removed }: WatchedChange): void {
    const known = this.#sessions.get(sid) ?? UNKNOWN
    if (version <= known.snapshot) return
    if (version <= known.version)
      return this.#find('order', `${sid}: version ${version} came a second time, after ${known.version}`)
    if (version > known.version + 1)
      this.#find('gap', `${sid}: version ${version} came after ${known.version}, and no gap was seen`)
    const metadata = { ...known.metadata, ...(set as JsonObject) }
    for (const field of removed) delete metadata[field]
    this.#sessions.set(sid, { version, metadata, snapshot: known.snapshot })
  }

  snapshot(session: string, { version, metadata }: SessionAt): void {
    const known = this.at(session).version
    if (version < known)
      this.#find('order', `${session}: a snapshot shows version ${version}, and ${known} was told before`)
    this.#sessions.set(session, { version, metadata, snapshot: version })
  }
}
