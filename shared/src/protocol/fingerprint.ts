import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson, type Json } from '../metadata/json.ts'

/**
 * A short print of a schema's shape: the same for every way of writing the same shape down, another one as soon as a
 * member, its type, its being optional or the strictness of an object changes. It does not see `.refine()`.
 */
export function fingerprint(schema: z.ZodType): string {
  const shape = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // JSON Schema writes undefined like unknown, and leaves `.catch()` out.
      jsonSchema['x-kind'] = zodSchema._zod.def.type
      jsonSchema.required?.sort()
      jsonSchema.enum?.sort()
    },
  })
  // As text first: what zod hands out carries members that are no JSON.
  const json = JSON.parse(JSON.stringify(shape)) as Json
  return createHash('sha256').update(canonicalJson(json)).digest('hex').slice(0, 12)
}
