import type { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../../metadata/json.ts'

/** The members of an object that have a type, one by one, so that a wrong one does not cost the others. */
export interface TypedMembers {
  readonly types: ReadonlyMap<string, z.ZodType>
  readonly required: readonly string[]
}

export function typedMembers(schema: z.ZodObject): TypedMembers {
  const types = new Map<string, z.ZodType>(Object.entries<z.ZodType>(schema.shape))
  const required = [...types].filter(([, type]) => !type.safeParse(undefined).success).map(([name]) => name)
  return { types, required }
}

/**
 * The object with only the members left out that break their type; the object itself where none does, null where there
 * is no such object or a required member is missing or wrong. Members without a type pass.
 */
export function onlyAccepted({ types, required }: TypedMembers, value: Json): JsonObject | null {
  if (!isJsonObject(value)) return null
  if (required.some((name) => !Object.hasOwn(value, name))) return null
  const accepted = onlyMembers(value, (member, name) => types.get(name)?.safeParse(member).success ?? true)
  return accepted === value || required.every((name) => Object.hasOwn(accepted, name)) ? accepted : null
}

/** The object with the members that fit; the object itself where all do. */
export function onlyMembers(value: JsonObject, fits: (member: Json, name: string) => boolean): JsonObject {
  const names = Object.keys(value)
  const fitting = names.filter((name) => fits(value[name] ?? null, name))
  if (fitting.length === names.length) return value
  return Object.fromEntries(fitting.map((name) => [name, value[name] ?? null]))
}
