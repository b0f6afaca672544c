import type { ErrorCode } from '@holdfast/shared/errors/codes'

export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx'

/** What the HTTP door has answered since the start. */
export interface HttpCounts {
  readonly answers: { [status in StatusClass]: number }
  /** Refusals and failures by their code. */
  readonly codes: { [code in ErrorCode]?: number }
}

export function noHttpCounts(): HttpCounts {
  return { answers: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 }, codes: {} }
}

export function statusClass(status: number): StatusClass {
  if (status >= 500) return '5xx'
  if (status >= 400) return '4xx'
  return status >= 300 ? '3xx' : '2xx'
}
