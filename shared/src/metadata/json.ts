export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equal as JSON: the order of members does not count. Values are at most as deep as the limits walk allows. */
export function jsonEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    return left.every((item, index) => jsonEqual(item, right[index]))
  }
  if (Array.isArray(right)) return false
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && jsonEqual(left[name], right[name]))
}

/**
 * One text for all JSON-equal values: members sorted by name, those that are whole numbers first and by value. What is
 * hashed or compared as text goes through here.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  // Without a prototype, so that a member named `__proto__` is one like any other.
  const copy = Object.create(null) as JsonObject
  for (const name of Object.keys(value).toSorted()) copy[name] = sorted(value[name] ?? null)
  return copy
}
