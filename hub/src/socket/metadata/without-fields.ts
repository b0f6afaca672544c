import { protectedKind } from '@holdfast/shared/agents/registry'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { DeclinedFields } from './unstorable-fields.ts'

/**
 * A blob that leaves the declined fields as they are stored. A protected field stays by being left out, which also drops
 * it where it is the pair of a token that moves; any other would be removed by that, so that its stored value is sent.
 */
export function withoutFields(blob: JsonObject, stored: JsonObject, declined: DeclinedFields): JsonObject {
  if (declined.size === 0) return blob
  const kept = Object.entries(blob).flatMap(([name, value]) => {
    if (!declined.has(name)) return [[name, value] as const]
    const before = protectedKind(name) === undefined && Object.hasOwn(stored, name) ? stored[name] : undefined
    return before === undefined ? [] : [[name, before] as const]
  })
  return Object.fromEntries(kept)
}
