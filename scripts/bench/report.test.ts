import { describe, expect, test } from 'vitest'
import type { Figure } from './figure.ts'
import { markdownReport, textReport, type Report } from './report.ts'

const PLAIN: Figure = {
  name: 'plain',
  block: 'a',
  unit: 'writes/s',
  value: { median: 12_345, low: 9.5, high: 20_000 },
  cpuMicros: { user: 30, system: 5 },
  ratios: [],
  family: 'holdfast',
}
const FULL: Figure = {
  ...PLAIN,
  name: 'full',
  latencyMs: { p50: 2, p99: 31.4 },
  busy: { server: 0.98, load: 0.5, others: 0.02 },
  ratios: [{ word: 'of plain', value: 0.5 }],
}

function report(figures: readonly Figure[]): Report {
  return {
    title: 'How fast it is',
    facts: [{ name: 'Cores', text: '2' }],
    goals: [],
    sections: [{ title: 'One', about: 'What it is about.', figures }],
  }
}

describe('the columns', () => {
  test('one with nothing to show is left out', () => {
    const text = markdownReport(report([PLAIN]), 'a.svg')
    expect(text).toContain('| what | median | lowest to highest | CPU each |\n|---|--:|--:|--:|')
    expect(text).toContain('| plain | 12,345 /s | 9.50 to 20,000 | 30.0 + 5.00 \u00B5s |')
    expect(text).not.toContain('p99')
  })

  test('one with something to show is explained above', () => {
    const text = markdownReport(report([PLAIN, FULL]), 'a.svg')
    expect(text).toContain('| 2.00, 31.4 ms | 30.0 + 5.00 \u00B5s | 98 %, 50 %, 2 % | 0.50 x of plain |')
    expect(text.indexOf('p50, p99: ')).toBeLessThan(text.indexOf('## One'))
  })
})

describe('the goals', () => {
  const goals = [{ what: 'fast', measured: '1 x', floor: '2 x', aim: '3 x', verdict: 'missed' }] as const

  test('they stand in the document before the numbers', () => {
    const text = markdownReport({ ...report([PLAIN]), goals }, 'a.svg')
    expect(text).toContain('| fast | 1 x | 2 x | 3 x | missed |')
    expect(text.indexOf('## Speed to reach')).toBeLessThan(text.indexOf('## One'))
  })

  test('they end what the terminal shows', () => {
    const lines = textReport({ ...report([PLAIN]), goals })
      .trimEnd()
      .split('\n')
    expect(lines.at(-1)).toBe('fast                 1 x    2 x  3 x  missed')
  })

  test('without goals nothing is said of them', () => {
    expect(textReport(report([PLAIN]))).not.toContain('Speed to reach')
  })
})

test('columns stand in line', () => {
  const lines = textReport(report([PLAIN, FULL])).split('\n')
  expect(lines.find((line) => line.startsWith('plain'))?.indexOf('12,345')).toBe(
    lines.find((line) => line.startsWith('full'))?.indexOf('12,345'),
  )
})
