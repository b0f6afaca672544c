import type { Json, JsonObject } from '../metadata/json.ts'
import type { SessionPatched } from '../protocol/down/session-patched.ts'
import { applyChanges, fieldsOf, metadataOf, type Change, type ChangesOn } from './fields.ts'
import { freezeJson } from './freeze-json.ts'

/** A version of a session's metadata, and the value that belongs to it. Neither is ever taken without the other. */
export interface Confirmed {
  readonly version: number
  readonly metadata: JsonObject
}

/** What was known when a read began, for judging what it brings. */
export interface ReadMark {
  readonly heard: number
  readonly doubts: number
}

/** `stale`: something newer is here already. `rewound`: the hub is behind what it had said before. */
export type Adoption = 'adopted' | 'stale' | 'rewound'

/** A committed change that waits for those before it. */
interface HeldChange {
  readonly changesOn: ChangesOn
  readonly isOwn: boolean
}

/** More are not kept: a read brings everything at once. */
const MOST_HELD = 256

/**
 * A session's metadata as the hub has committed it, as far as this client knows. A change is applied when it is the very
 * next one; others wait for those before them. A read replaces everything.
 */
export class SessionDocument {
  #confirmed: Confirmed | null
  /** The newest version that anything has told of. */
  #heard: number
  #doubts = 0
  #settledDoubts = 0
  readonly #held = new Map<number, HeldChange>()

  constructor(base: Confirmed | null) {
    this.#confirmed = base === null ? null : { version: base.version, metadata: freezeJson(base.metadata) }
    this.#heard = base?.version ?? 0
  }

  get confirmed(): Confirmed | null {
    return this.#confirmed
  }

  /** Whether the session has to be read, unless what is missing still arrives by itself. */
  get isBehind(): boolean {
    const isDoubted = this.#doubts > this.#settledDoubts
    return this.#confirmed === null || isDoubted || this.#heard > this.#confirmed.version
  }

  /** The confirmed value with the changes that this client itself made later. */
  fieldsWithOwn(): Map<string, Json> {
    const fields = fieldsOf(this.#confirmed?.metadata ?? {})
    const own = [...this.#held].filter(([, { isOwn }]) => isOwn).toSorted(([left], [right]) => left - right)
    for (const [, { changesOn }] of own) applyChanges(fields, changesOn(fields) ?? [])
    return fields
  }

  /** Somebody else's change. */
  told({ version, set, removed }: SessionPatched): void {
    const changes: readonly Change[] = [
      ...Object.entries(set).map(([name, after]) => ({ name, after: after as Json })),
      ...removed.map((name) => ({ name, after: undefined })),
    ]
    this.#hold(version, { isOwn: false, changesOn: () => changes })
  }

  /** This client's own change, as the hub's ack tells it: the hub sends no event of it to whoever made it. */
  acked(version: number, changed: readonly string[], changesOn: ChangesOn): void {
    if (changed.length === 0) return this.heardOf(version)
    this.#hold(version, {
      isOwn: true,
      changesOn: (fields) => {
        const changes = changesOn(fields)
        return changes !== null && hasSameNames(changes, changed) ? changes : null
      },
    })
  }

  /** There is such a version; its value is not known. */
  heardOf(version: number): void {
    this.#heard = Math.max(this.#heard, version)
  }

  /** What is here may not be what the hub has: only a read that begins from now on settles it. */
  doubt(): void {
    this.#doubts++
  }

  beginRead(): ReadMark {
    return { heard: this.#heard, doubts: this.#doubts }
  }

  adopt(read: Confirmed, mark: ReadMark): Adoption {
    this.#settledDoubts = Math.max(this.#settledDoubts, mark.doubts)
    const isRewound = read.version < mark.heard
    if (!isRewound && read.version < (this.#confirmed?.version ?? 0)) return 'stale'
    if (isRewound) {
      // What came in meanwhile may be of before or after; a second read tells.
      this.#held.clear()
      this.#heard = read.version
      this.doubt()
    }
    this.#replace(read)
    return isRewound ? 'rewound' : 'adopted'
  }

  /** The whole value, as somebody's change made it. */
  toldWhole(whole: Confirmed): void {
    if (whole.version > (this.#confirmed?.version ?? 0)) this.#replace(whole)
  }

  #replace({ version, metadata }: Confirmed): void {
    this.#confirmed = { version, metadata: freezeJson(metadata) }
    this.heardOf(version)
    for (const held of this.#held.keys()) if (held <= version) this.#held.delete(held)
    this.#applyHeld()
  }

  #hold(version: number, change: HeldChange): void {
    this.heardOf(version)
    const reached = this.#confirmed?.version ?? 0
    if (version <= reached || this.#held.has(version)) return
    if (version === reached + 1 || this.#held.size < MOST_HELD) this.#held.set(version, change)
    this.#applyHeld()
  }

  #applyHeld(): void {
    for (;;) {
      const confirmed = this.#confirmed
      if (confirmed === null) return
      const version = confirmed.version + 1
      const next = this.#held.get(version)
      if (next === undefined) return
      this.#held.delete(version)
      const fields = fieldsOf(confirmed.metadata)
      const changes = next.changesOn(fields)
      // The hub made something else of it than this program would: a read tells.
      if (changes === null) return this.doubt()
      applyChanges(fields, changes)
      this.#confirmed = { version, metadata: metadataOf(fields) }
    }
  }
}

function hasSameNames(changes: readonly Change[], names: readonly string[]): boolean {
  const wanted = new Set(names)
  return changes.length === wanted.size && changes.every(({ name }) => wanted.has(name))
}
