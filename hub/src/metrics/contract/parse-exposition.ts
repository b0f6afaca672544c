/** What a scrape says, by the name of a sample with its labels as they are written. */
export interface Exposed {
  readonly types: ReadonlyMap<string, string>
  readonly helps: ReadonlyMap<string, string>
  readonly samples: ReadonlyMap<string, number>
}

const NAME = /^[a-z_][a-z0-9_]*$/
const SAMPLE =
  /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+?Inf)|NaN)$/

/**
 * Reads the text format of Prometheus, and throws at whatever a strict reader does not take: a sample outside its
 * metric, a metric that comes twice or without its help, a sample that comes twice, a last line without its end.
 */
export function parseExposition(text: string): Exposed {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.')
  const types = new Map<string, string>()
  const helps = new Map<string, string>()
  const samples = new Map<string, number>()
  let metric = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') {
      metric = take(helps, name, rest)
    } else if (kind === 'TYPE') {
      if (name !== metric || !['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(line)
      take(types, name, rest)
    } else {
      takeSample(line, { metric, type: types.get(metric), samples })
    }
  }
  return { types, helps, samples }
}

function take(into: Map<string, string>, name: string, text: string): string {
  if (!NAME.test(name) || into.has(name)) throw new Error(`${name} comes twice, or is no name.`)
  into.set(name, text)
  return name
}

function takeSample(
  line: string,
  into: { readonly metric: string; readonly type: string | undefined; readonly samples: Map<string, number> },
): void {
  const found = SAMPLE.exec(line)
  if (found === null) throw new Error(`This is no sample: ${line}`)
  const [, name = '', labels, value] = found
  const own = into.type === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name
  if (own !== into.metric) throw new Error(`This sample is not where it belongs: ${line}`)
  if (into.type === 'counter' && !name.endsWith('_total'))
    throw new Error(`A counter ends in _total: ${name}`)
  const key = labels === undefined ? name : `${name}{${labels}}`
  if (into.samples.has(key)) throw new Error(`This sample comes twice: ${line}`)
  into.samples.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value))
}
