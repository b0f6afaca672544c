/** One number of a metric, told apart from its siblings by its labels. */
export interface Sample {
  readonly value: number
  readonly labels?: { readonly [name: string]: string }
  /** What of a histogram it is. */
  readonly part?: 'bucket' | 'sum' | 'count'
}

/**
 * A metric of the hub as `/metrics` shows it. Its numbers are kept by whoever counts them, and read here when somebody
 * asks, so that counting costs no more than adding. Labels come from closed lists: never an id, a name or a text of a
 * caller.
 */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One line for people. */
  readonly help: string
  readonly read: () => readonly Sample[]
}

export function counter(name: string, help: string, read: () => number): Metric {
  return { name, help, type: 'counter', read: () => [{ value: read() }] }
}

export function gauge(name: string, help: string, read: () => number): Metric {
  return { name, help, type: 'gauge', read: () => [{ value: read() }] }
}
