import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { shapeRefusal } from '@holdfast/shared/protocol/shape-refusal'
import type { z } from 'zod'
import type { DoorContext } from './door-env.ts'

export type ReadQuery<Query> = { readonly kind: 'query'; readonly query: Query } | Refusal

/** What stands behind the question mark. Of a name that stands there twice the first counts. */
export function readQuery<Schema extends z.ZodType>(
  c: DoorContext,
  schema: Schema,
): ReadQuery<z.infer<Schema>> {
  const parsed = schema.safeParse(c.req.query())
  return parsed.success ? { kind: 'query', query: parsed.data } : shapeRefusal('The query', parsed.error)
}
