import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { z } from 'zod'
import { below, chance, pick, type Random } from '../../random.ts'

/** As much of JSON Schema as the messages of the wire are made of. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
}

/** What stands in the place of a value that is to be wrong; see `weirdText`. */
export const WEIRD = '<weird>'

export interface Sampling {
  readonly random: Random
  /** How often a value is another one than its schema asks for. */
  readonly wrong: number
  /** Values by the name of their member, which the schema can not know: ids of what is there. */
  readonly named: { readonly [member: string]: () => Json }
}

const printed = new WeakMap<z.ZodType, Schema>()

/** A value that a schema of the wire takes, but for the mistakes that are asked for. */
export function schemaSample(schema: z.ZodType, sampling: Sampling): Json {
  let shape = printed.get(schema)
  if (shape === undefined) {
    shape = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Schema
    printed.set(schema, shape)
  }
  return valueOf(shape, sampling)
}

function valueOf(schema: Schema, sampling: Sampling): Json {
  const { random, wrong } = sampling
  if (chance(random, wrong)) return wrongValue(random)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return pick(random, schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return valueOf(pick(random, either), sampling)
  const type = typeof schema.type === 'string' ? schema.type : pick(random, schema.type ?? ANY)
  if (type === 'object') return objectOf(schema, sampling)
  if (type === 'array') return listOf(schema, sampling)
  return plainValue(type, schema, random)
}

const LETTERS = 'abcXYZ019_-'.split('')
const ANY = ['object', 'string', 'number', 'null']
const TEXTS = [
  'a',
  'text of some words',
  'with "quotes" and \\',
  'héllo wörld',
  '\u{1F600}',
  '../../etc',
  'x'.repeat(600),
]
const NUMBERS = [0, 1, -1, 2, 7, 1.5, 2 ** 31, 2 ** 53 - 1, Date.UTC(2026, 0, 1), -(2 ** 40)]
const NAMES = ['a', 'name', 'note', 'weird key', '', 'toJSON', 'then', '_placeholder', 'é']

function plainValue(type: string, schema: Schema, random: Random): Json {
  if (type === 'null') return null
  if (type === 'boolean') return chance(random, 0.5)
  if (type === 'integer') return below(random, 12)
  if (type === 'number') return pick(random, NUMBERS)
  if (schema.format === 'uuid') return guid(random)
  if (schema.pattern !== undefined) return Array.from({ length: 24 }, () => pick(random, LETTERS)).join('')
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  return pick(
    random,
    TEXTS.filter(({ length }) => length >= minLength && length <= maxLength),
  )
}

function guid(random: Random): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => below(random, 16).toString(16)).join('')
  return [8, 4, 4, 4, 12].map(digits).join('-')
}

function objectOf(schema: Schema, sampling: Sampling): JsonObject {
  const { random, wrong, named } = sampling
  const value: JsonObject = {}
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) ?? false
    if (!chance(random, isRequired ? 1 - wrong : 0.3)) continue
    const known = named[name]
    value[name] = known !== undefined && !chance(random, wrong) ? known() : valueOf(member, sampling)
  }
  const more = schema.additionalProperties
  if (more === undefined || more === false || !chance(random, 0.2)) return value
  value[pick(random, NAMES)] = valueOf(typeof more === 'object' ? more : {}, {
    ...sampling,
    wrong: wrong + 0.1,
  })
  return value
}

function listOf({ items }: Schema, sampling: Sampling): Json[] {
  return Array.from({ length: below(sampling.random, 4) }, () => valueOf(items ?? {}, sampling))
}

function wrongValue(random: Random): Json {
  return pick(random, [null, true, 0, -1, 1.5, 2 ** 53 - 1, '', 'wrong', [], {}, [null], WEIRD, WEIRD, WEIRD])
}
