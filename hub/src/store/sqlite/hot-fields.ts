import type { FieldRow } from '../../sessions/write.ts'

/** Of how many fields the rows are remembered, in all sessions together, and how long a value may be. */
export const HOT_FIELDS = { count: 65_536, characters: 256 } as const

/** A field that was written so often without being forgotten is one that always changes. */
export const OFTEN = 16

interface Remembered {
  row: FieldRow | null
  writes: number
}

/**
 * The rows of the fields that were looked at or written last, as they are stored: a session's short fields are mostly
 * written again and again, and need not be read each time.
 */
export class HotFields {
  readonly #bySession = new Map<number, Map<string, Remembered>>()
  #count = 0

  /** Null where the session has no such row, undefined where that is not remembered. */
  row(session: number, name: string): FieldRow | null | undefined {
    return this.#bySession.get(session)?.get(name)?.row
  }

  /** A row that was read. */
  note(session: number, name: string, row: FieldRow | null): void {
    this.#remember(session, name, row)
  }

  /** A row that is written; true, once, where it turns out to be one that is written often. */
  wrote(session: number, name: string, row: FieldRow): boolean {
    const remembered = this.#remember(session, name, row)
    if (remembered === null) return false
    remembered.writes += 1
    return remembered.writes === OFTEN
  }

  /** The rows of the fields that were removed by this version are gone. */
  forgetRemoved(session: number, version: number): void {
    for (const remembered of this.#bySession.get(session)?.values() ?? []) {
      const { row } = remembered
      if (row !== null && row.text === null && row.version <= version) remembered.row = null
    }
  }

  forget(): void {
    this.#bySession.clear()
    this.#count = 0
  }

  #remember(session: number, name: string, row: FieldRow | null): Remembered | null {
    if (row !== null && row.text !== null && row.text.length > HOT_FIELDS.characters) {
      this.#forgetField(session, name)
      return null
    }
    const known = this.#bySession.get(session)?.get(name)
    if (known !== undefined) {
      known.row = row
      return known
    }
    if (this.#count >= HOT_FIELDS.count) this.forget()
    const made = { row, writes: 0 }
    const rows = this.#bySession.get(session)
    if (rows === undefined) this.#bySession.set(session, new Map([[name, made]]))
    else rows.set(name, made)
    this.#count += 1
    return made
  }

  #forgetField(session: number, name: string): void {
    if (this.#bySession.get(session)?.delete(name) === true) this.#count -= 1
  }
}
