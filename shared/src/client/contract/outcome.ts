import { HoldfastError } from '../../errors/holdfast-error.ts'

/** How a promise came out: what it resolved with, the code of a HoldfastError, or whatever else it was rejected with. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error instanceof HoldfastError ? error.code : error
  }
}
