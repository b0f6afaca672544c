import type { ErrorCode } from '../../errors/codes.ts'
import { HoldfastError } from '../../errors/holdfast-error.ts'

/** What the hub refused, with everything that its answer said beside the sentence and the code. */
export class ApiError extends HoldfastError {
  readonly detail: { readonly [name: string]: unknown }

  constructor(code: ErrorCode, message: string, detail: { readonly [name: string]: unknown }) {
    super(code, message)
    this.name = 'ApiError'
    this.detail = detail
  }
}
