import { HoldfastError } from '../../errors/holdfast-error.ts'
import { flush } from './flush.ts'

/** How a promise came out: what it resolved with, the code of a HoldfastError, or whatever else it was rejected with. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error instanceof HoldfastError ? error.code : error
  }
}

/** What it came to by now, `pending` while nothing: a test of something that never comes must not wait for it. */
export function byNow<Value>(promise: Promise<Value>): Promise<Value | 'pending'> {
  return Promise.race([promise, flush().then(() => 'pending' as const)])
}
