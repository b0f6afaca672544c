import { protectedKind } from '@holdfast/shared/agents/registry'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { countKeys, LIMITS, utf8Bytes } from '@holdfast/shared/metadata/limits'
import { mergeReplace, type RefusedField } from '@holdfast/shared/metadata/merge'
import { printable } from '@holdfast/shared/protocol/printable'
import { shownToReleasedClient } from '../../sessions/shown-to-released-client.ts'
import type { DeclinedFields } from './unstorable-fields.ts'

/** What a document may hold at most, and how much of it a field takes. */
interface Measure {
  readonly code: 'too_large' | 'too_many_keys'
  readonly what: string
  readonly limit: number
  readonly of: (name: string, value: Json | undefined) => number
}

const MEASURES: readonly Measure[] = [
  {
    code: 'too_large',
    what: 'bytes',
    limit: LIMITS.documentBytes,
    of: (name, value) => (value === undefined ? 0 : utf8Bytes(JSON.stringify(value)) + utf8Bytes(name) + 4),
  },
  { code: 'too_many_keys', what: 'keys', limit: LIMITS.keys, of: countKeys },
]

/**
 * The fields of a blob that would make the document larger than it may be: those that grow most, and no more of them than
 * it takes. Protected fields are small, and never among them.
 */
export function overflowingFields(stored: JsonObject, blob: JsonObject): DeclinedFields {
  const held = new Map(Object.entries(stored).map(([name, value]) => [name, { value }]))
  const { changes } = mergeReplace(held, blob, shownToReleasedClient(held))
  const declined = new Map<string, RefusedField>()
  for (const measure of MEASURES) {
    const before = sum(Object.entries(stored).map(([name, value]) => measure.of(name, value)))
    const growths = changes
      .filter(({ name }) => !declined.has(name))
      .map(({ name, after }) => ({ name, by: measure.of(name, after) - measure.of(name, stored[name]) }))
    // A document that is over the limit may stay as large as it is.
    let excess = before + sum(growths.map(({ by }) => by)) - Math.max(before, measure.limit)
    for (const { name, by } of growths.toSorted((one, other) => other.by - one.by)) {
      if (excess <= 0 || by <= 0) break
      if (protectedKind(name) !== undefined) continue
      excess -= by
      declined.set(name, refusedField(name, measure))
    }
  }
  return declined
}

function refusedField(name: string, { code, limit, what }: Measure): RefusedField {
  const message = `With this value the document would have more than ${limit} ${what}; what was there stays.`
  return { field: printable(name), code, message }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
