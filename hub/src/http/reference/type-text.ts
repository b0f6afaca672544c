import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'

/** A JSON schema as a reader of code would write it down: `{ version: integer, fields?: string[] }`. */
export function typeText(schema: Json | undefined, indent = ''): string {
  if (!isJsonObject(schema)) return 'anything'
  const { $ref, const: only, enum: choices, anyOf, oneOf, allOf, type } = schema
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1)
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(' | ')
  const union = anyOf ?? oneOf
  if (Array.isArray(union)) return union.map((one) => typeText(one, indent)).join(' | ')
  if (Array.isArray(allOf)) return allOf.map((one) => typeText(one, indent)).join(' & ')
  if (type === 'array') return listText(schema, indent)
  if (type === 'object') return objectText(schema, indent)
  return typeof type === 'string' ? type : 'anything'
}

function listText({ items }: JsonObject, indent: string): string {
  const item = typeText(items, indent)
  return /[ |]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
}

function objectText({ properties, required, additionalProperties }: JsonObject, indent: string): string {
  if (!isJsonObject(properties)) {
    const values = isJsonObject(additionalProperties) ? typeText(additionalProperties, indent) : 'anything'
    return `{ [name]: ${values} }`
  }
  const needed = Array.isArray(required) ? required : []
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(
    ([name, member]) => `${inner}${name}${needed.includes(name) ? '' : '?'}: ${typeText(member, inner)}`,
  )
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}
