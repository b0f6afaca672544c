import type { Json, JsonObject } from '../metadata/json.ts'
import { freezeJson } from './freeze-json.ts'

/** A session's metadata, field by field. */
export type Fields = ReadonlyMap<string, Json>

/** One field's new value; undefined where the field goes. */
export interface Change {
  readonly name: string
  readonly after: Json | undefined
}

/** What a write changes in these fields; null where they would not take it. */
export type ChangesOn = (fields: Fields) => readonly Change[] | null

export function fieldsOf(metadata: JsonObject): Map<string, Json> {
  return new Map(Object.entries(metadata))
}

/** For others to look at, and not to change. */
export function metadataOf(fields: Fields): JsonObject {
  return freezeJson(Object.fromEntries(fields))
}

export function applyChanges(fields: Map<string, Json>, changes: readonly Change[]): void {
  for (const { name, after } of changes) {
    if (after === undefined) fields.delete(name)
    else fields.set(name, after)
  }
}
