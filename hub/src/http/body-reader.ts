import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { findLimitProblem, LIMITS } from '@holdfast/shared/metadata/limits'
import { repairText } from '@holdfast/shared/protocol/released/repair-text'
import { shapeRefusal } from '@holdfast/shared/protocol/shape-refusal'
import type { z } from 'zod'
import { BodyBudget } from './body-budget.ts'
import { jsonExtent } from './json-extent.ts'
import { mediaTypeProblem } from './media-type-problem.ts'
import { parseJson } from './parse-json.ts'
import { readBytes } from './read-bytes.ts'

/** What a route takes as its body. */
export interface BodyShape<Schema extends z.ZodType> {
  readonly schema: Schema
  readonly maxBytes: number
  /** How deep the whole body may nest; what is in it has limits of its own. */
  readonly maxDepth: number
  /** Members whose text is made storable rather than refused. */
  readonly repaired?: readonly string[]
}

const MIB = 1024 * 1024

/** A document and what stands around it. */
export const SMALL_BODY = { maxBytes: MIB + 64 * 1024, maxDepth: LIMITS.depth + 1 } as const

/** Agent state is as large as a frame may be, and nests deeper than metadata. */
export const STATE_BODY = { maxBytes: 48 * MIB, maxDepth: 258 } as const

/** More of them than this would be several hundred megabytes once they are parsed. */
const MAX_VALUES = 2_000_000
const MAX_HELD_BYTES = 192 * MIB

export type ReadBody<Body> = { readonly kind: 'body'; readonly body: Body } | Refusal

/** Reads bodies, each check before whatever it protects: size, then extent, then text, then limits, then shape. */
export class BodyReader {
  readonly #budget = new BodyBudget(MAX_HELD_BYTES)

  async read<Schema extends z.ZodType>(
    request: Request,
    shape: BodyShape<Schema>,
  ): Promise<ReadBody<z.infer<Schema>>> {
    const wrongType = mediaTypeProblem(request.headers)
    if (wrongType !== null) return wrongType
    const read = await readBytes(request, shape.maxBytes, this.#budget)
    if (read.kind === 'refused') return read
    const problem = extentProblem(read.bytes, shape.maxDepth)
    if (problem !== null) return problem
    const parsed = parseJson(read.bytes)
    return parsed.kind === 'refused' ? parsed : fitted(parsed.value, shape)
  }
}

function extentProblem(bytes: Uint8Array, maxDepth: number): Refusal | null {
  const { depth, values } = jsonExtent(bytes)
  if (depth > maxDepth) {
    const message = `The body is nested ${depth} levels deep; at most ${maxDepth} are allowed.`
    return refuse('too_deep', message, { limit: maxDepth, actual: depth })
  }
  if (values > MAX_VALUES) {
    const message = `The body holds about ${values} values; at most ${MAX_VALUES} are allowed.`
    return refuse('too_large', message, { limit: MAX_VALUES, actual: values })
  }
  return null
}

function fitted<Schema extends z.ZodType>(
  given: JsonObject,
  shape: BodyShape<Schema>,
): ReadBody<z.infer<Schema>> {
  const body = repairedMembers(given, shape.repaired ?? [])
  const bounds = { depth: shape.maxDepth, keys: Number.POSITIVE_INFINITY }
  const problem = findLimitProblem(body, shape.maxBytes, bounds)
  if (problem !== null) {
    const { code, message, ...detail } = problem
    return refuse(code, message, detail)
  }
  const parsed = shape.schema.safeParse(body)
  return parsed.success ? { kind: 'body', body: parsed.data } : shapeRefusal('The body', parsed.error)
}

function repairedMembers(body: JsonObject, names: readonly string[]): object {
  const repaired = names.flatMap((name) =>
    Object.hasOwn(body, name) ? [[name, repairText(body[name])] as const] : [],
  )
  return repaired.length === 0 ? body : Object.assign(body, Object.fromEntries(repaired))
}
