import type { ErrorCode } from '@holdfast/shared/errors/codes'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'

const OF_A_VALUE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_field',
  'forbidden_key',
  'key_too_long',
  'too_many_keys',
  'too_deep',
  'too_large',
])

/** Whether a write was refused for some of the values in it; it may be taken without them. */
export function isValueProblem(outcome: { readonly kind: string }): outcome is Refusal {
  return outcome.kind === 'refused' && OF_A_VALUE.has((outcome as Refusal).code)
}
