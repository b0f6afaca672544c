import type { HttpCounts } from '../http/http-counts.ts'
import { labelledCounter } from './labelled-counter.ts'
import type { Metric } from './metric.ts'

/** What was asked over HTTP. */
export function httpMetrics(counts: Readonly<HttpCounts>): readonly Metric[] {
  return [
    labelledCounter(
      {
        name: 'holdfast_http_answers_total',
        help: 'Answers over HTTP, by class of status.',
        label: 'status',
      },
      () => counts.answers,
    ),
    labelledCounter(
      {
        name: 'holdfast_http_refusals_total',
        help: 'Requests over HTTP that were declined or failed, by code.',
        label: 'code',
      },
      () => counts.codes,
    ),
  ]
}
