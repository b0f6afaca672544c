import { ERRORS, type ErrorCode, type Retry } from './codes.ts'

/** A problem that somebody outside is told of: a code for programs, one plain sentence for people. */
export class HoldfastError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HoldfastError'
    this.code = code
  }

  get http(): number {
    return ERRORS[this.code].http
  }

  get retry(): Retry {
    return ERRORS[this.code].retry
  }
}

/** A request that was understood and declined; nothing was written. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: ErrorCode
  readonly message: string
  readonly field?: string
  readonly limit?: number
  readonly actual?: number
}

export function refuse(
  code: ErrorCode,
  message: string,
  detail: Omit<Partial<Refusal>, 'kind' | 'code' | 'message'> = {},
): Refusal {
  return { kind: 'refused', code, message, ...detail }
}
