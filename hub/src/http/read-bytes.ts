import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { BodyBudget } from './body-budget.ts'

export interface ReadBytes {
  readonly kind: 'bytes'
  readonly bytes: Uint8Array
}

/** The whole body, in one piece. Nothing is read of one that says it is too large, and no more than the limit of one that is. */
export async function readBytes(
  request: Request,
  maxBytes: number,
  budget: BodyBudget,
): Promise<ReadBytes | Refusal> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > maxBytes) return tooLarge(announced, maxBytes)
  if (request.body === null) return { kind: 'bytes', bytes: new Uint8Array() }
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (const reader = request.body.getReader(); ;) {
      const { done, value } = await reader.read()
      if (done) return { kind: 'bytes', bytes: joined(chunks, length) }
      if (length + value.length > maxBytes) return tooLarge(length + value.length, maxBytes)
      if (!budget.take(value.length)) return OVERLOADED
      chunks.push(value)
      length += value.length
    }
  } catch {
    // The peer went away, or sent less than it said: nobody reads this answer.
    return refuse('invalid_request', 'The body ended before it was complete.')
  } finally {
    budget.giveBack(length)
  }
}

const OVERLOADED = refuse('overloaded', 'The hub is reading too many large bodies at once. Try again.')

function tooLarge(actual: number, limit: number): Refusal {
  const message = `The body has at least ${actual} bytes; at most ${limit} are allowed.`
  return refuse('too_large', message, { limit, actual })
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
