import type { Json, JsonObject } from './json.ts'

/**
 * A text that JSON-equal values share and that no other value has: each part says its kind and its length, and members
 * come in one order. It is not JSON, and takes a third of the time of a sorted JSON text.
 */
export function jsonIdentity(value: Json): string {
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (typeof value === 'number') return `n${value};`
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (value === null) return '0'
  return Array.isArray(value) ? ofList(value) : ofObject(value)
}

function ofList(list: readonly Json[]): string {
  return `[${list.length}:${list.map(jsonIdentity).join('')}`
}

function ofObject(object: JsonObject): string {
  const names = Object.keys(object).toSorted()
  let text = `{${names.length}:`
  for (const name of names) text += `${name.length}:${name}${jsonIdentity(object[name] ?? null)}`
  return text
}
