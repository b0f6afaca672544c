/** What must hold for the program to be right; a failure is a bug of ours and never an answer to a request. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`)
}

export function must<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new Error(`Bug: ${message}`)
  return value
}

export function unreachable(value: never): never {
  throw new Error(`Bug: not reachable with ${JSON.stringify(value)}`)
}
