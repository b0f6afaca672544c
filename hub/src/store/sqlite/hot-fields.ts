import type { FieldRow } from '../../sessions/write.ts'

/** Of how many fields the rows are remembered, in all sessions together, and how long a value may be. */
export const HOT_FIELDS = { count: 65_536, characters: 256 } as const

/**
 * The rows of the fields that were looked at or written last, as they are stored: a session's short fields are mostly
 * written again and again, and need not be read each time.
 */
export class HotFields {
  readonly #bySession = new Map<number, Map<string, FieldRow | null>>()
  #count = 0

  /** Null where the session has no such row, undefined where that is not remembered. */
  row(session: number, name: string): FieldRow | null | undefined {
    return this.#bySession.get(session)?.get(name)
  }

  note(session: number, name: string, row: FieldRow | null): void {
    if (row !== null && row.text !== null && row.text.length > HOT_FIELDS.characters) {
      this.#forgetField(session, name)
      return
    }
    if (this.#count >= HOT_FIELDS.count) this.forget()
    let rows = this.#bySession.get(session)
    if (rows === undefined) {
      rows = new Map()
      this.#bySession.set(session, rows)
    }
    if (!rows.has(name)) this.#count += 1
    rows.set(name, row)
  }

  forget(): void {
    this.#bySession.clear()
    this.#count = 0
  }

  #forgetField(session: number, name: string): void {
    if (this.#bySession.get(session)?.delete(name) === true) this.#count -= 1
  }
}
