import { assert } from '@holdfast/shared/errors/assert'
import { exposition } from './exposition.ts'
import type { Metric } from './metric.ts'

/** What there is to see of the hub: each part adds what it counts, once. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>()

  add(metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      assert(!this.#metrics.has(metric.name), 'a metric has one meaning')
      this.#metrics.set(metric.name, metric)
    }
  }

  text(): string {
    return exposition([...this.#metrics.values()])
  }
}
