import { assert } from '@holdfast/shared/errors/assert'
import type { Json } from '@holdfast/shared/metadata/json'
import type { JournalEntry, JournaledChange, LargeValue } from '@holdfast/shared/records/journal'

/** A field as far as the journal knows it: its value, or only what the journal keeps of a large one. */
export type FoldedField = { readonly value: Json } | { readonly large: LargeValue }

export interface FoldedSession {
  readonly version: number
  readonly metadata: { readonly [field: string]: FoldedField }
}

/** What the journal of one session, oldest first and from its first entry on, adds up to; version 0 for none. */
export function foldJournal(entries: readonly JournalEntry[]): FoldedSession {
  const fields = new Map<string, FoldedField>()
  let version = 0
  for (const entry of entries) {
    assert(entry.version === version + 1, `version ${entry.version} does not follow version ${version}`)
    version = entry.version
    for (const [name, change] of Object.entries(entry.changes)) applyChange(fields, name, change)
  }
  return { version, metadata: Object.fromEntries(fields) }
}

function applyChange(fields: Map<string, FoldedField>, name: string, change: JournaledChange): void {
  if (change.afterLarge !== undefined) fields.set(name, { large: change.afterLarge })
  else if (change.after === undefined) fields.delete(name)
  else fields.set(name, { value: change.after })
}
