import type { z } from 'zod'
import { rpcError, type RpcError } from './rpc-error.ts'

/** `unreadable` is never taken for a yes or a no: the call may have been carried out. */
export type RpcAnswer<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'error'; readonly error: RpcError }
  | { readonly kind: 'unreadable'; readonly why: string }

/** Reads the ack of an `rpc-request`: JSON text of the answer's shape, or of an error, or something else. */
export function readRpcAnswer<Schema extends z.ZodType>(
  schema: Schema,
  ack: unknown,
): RpcAnswer<z.infer<Schema>> {
  const value = parsed(ack)
  if (value === UNREADABLE) return { kind: 'unreadable', why: 'the answer is not JSON text' }
  const error = rpcError.safeParse(value)
  if (error.success) return { kind: 'error', error: error.data }
  const answer = schema.safeParse(value)
  if (answer.success) return { kind: 'answer', answer: answer.data }
  return { kind: 'unreadable', why: answer.error.issues[0]?.message ?? 'the answer has another shape' }
}

const UNREADABLE = Symbol('unreadable')

function parsed(ack: unknown): unknown {
  if (ack === undefined || ack === null) return undefined
  if (typeof ack !== 'string') return UNREADABLE
  try {
    return JSON.parse(ack)
  } catch {
    return UNREADABLE
  }
}
