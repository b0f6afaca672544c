import type { Refusal } from '@holdfast/shared/errors/holdfast-error'

export function isRefusal<Other extends object>(answer: Other | Refusal): answer is Refusal {
  return 'kind' in answer && answer.kind === 'refused'
}
