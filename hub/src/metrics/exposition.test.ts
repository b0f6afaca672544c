import { describe, expect, test } from 'vitest'
import { parseExposition } from './contract/parse-exposition.ts'
import { exposition } from './exposition.ts'
import { Histogram } from './histogram.ts'
import { labelledCounter } from './labelled-counter.ts'
import { counter, gauge } from './metric.ts'
import { Metrics } from './metrics.ts'

describe('the text of metrics', () => {
  test('[OP2] has help, type and number, each as the format wants it', () => {
    const text = exposition([
      counter('a_total', 'What \\ a\nis.', () => 3),
      gauge('b', 'B.', () => 0.25),
      labelledCounter({ name: 'c_total', help: 'C.', label: 'why' }, () => ({ 'q"\\\n': 1, plain: 2 })),
    ])
    expect(text).toBe(
      [
        '# HELP a_total What \\\\ a\\nis.',
        '# TYPE a_total counter',
        'a_total 3',
        '# HELP b B.',
        '# TYPE b gauge',
        'b 0.25',
        '# HELP c_total C.',
        '# TYPE c_total counter',
        'c_total{why="q\\"\\\\\\n"} 1',
        'c_total{why="plain"} 2',
        '',
      ].join('\n'),
    )
    expect(parseExposition(text).samples.get('a_total')).toBe(3)
  })

  test('[OP2] of a histogram each range holds those before it, and its end belongs to it', () => {
    const sizes = new Histogram([1, 2, 4])
    for (const size of [1, 2, 2, 3, 100]) sizes.note(size)
    const { samples } = parseExposition(exposition([sizes.metric('s', 'S.')]))
    expect([...samples]).toEqual([
      ['s_bucket{le="1"}', 1],
      ['s_bucket{le="2"}', 3],
      ['s_bucket{le="4"}', 4],
      ['s_bucket{le="+Inf"}', 5],
      ['s_sum', 108],
      ['s_count', 5],
    ])
  })

  test('[OP2] numbers that are none have the words of the format', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21]
    const lines = values.map((value) => exposition([gauge('g', 'G.', () => value)]).split('\n')[2])
    expect(lines).toEqual(['g NaN', 'g +Inf', 'g -Inf', 'g 1e+21'])
  })

  test('[OP2] a metric has one meaning', () => {
    const metrics = new Metrics()
    metrics.add([gauge('g', 'G.', () => 1)])
    expect(() => metrics.add([gauge('g', 'Another.', () => 2)])).toThrow('one meaning')
    expect(metrics.text()).toContain('g 1\n')
  })

  test.each([
    ['a metric twice', '# HELP a A.\n# TYPE a gauge\na 1\n# HELP a A.\n# TYPE a gauge\n', 'comes twice'],
    ['a sample twice', '# HELP a A.\n# TYPE a gauge\na 1\na 2\n', 'comes twice'],
    ['a sample of nothing', 'a 1\n', 'where it belongs'],
    ['a sample of another metric', '# HELP a A.\n# TYPE a gauge\nb 1\n', 'where it belongs'],
    ['no number', '# HELP a A.\n# TYPE a gauge\na x\n', 'no sample'],
    ['a label without quotes', '# HELP a A.\n# TYPE a gauge\na{b=c} 1\n', 'no sample'],
    ['no end', '# HELP a A.\n# TYPE a gauge\na 1', 'no end'],
    ['a counter without its ending', '# HELP a A.\n# TYPE a counter\na 1\n', '_total'],
  ])('the reader of these tests sees %s', (_, text, problem) => {
    expect(() => parseExposition(text)).toThrow(problem)
  })
})
