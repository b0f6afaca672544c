import type { Metric, Sample } from './metric.ts'

/** How often a number was in which range. */
export class Histogram {
  /** The upper ends of the ranges, each in its range; the last range has none. */
  readonly #ends: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor(ends: readonly number[]) {
    this.#ends = ends
    this.#counts = [...ends, Number.POSITIVE_INFINITY].map(() => 0)
  }

  note(value: number): void {
    const found = this.#ends.findIndex((end) => value <= end)
    const at = found < 0 ? this.#ends.length : found
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#sum += value
  }

  metric(name: string, help: string): Metric {
    return { name, help, type: 'histogram', read: () => this.#samples() }
  }

  /** Each range holds those before it, as the format wants. */
  #samples(): Sample[] {
    let count = 0
    const buckets = this.#counts.map((inRange, at): Sample => {
      count += inRange
      const end = this.#ends[at]
      return { part: 'bucket', labels: { le: end === undefined ? '+Inf' : String(end) }, value: count }
    })
    return [...buckets, { part: 'sum', value: this.#sum }, { part: 'count', value: count }]
  }
}
