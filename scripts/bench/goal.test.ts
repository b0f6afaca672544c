import { expect, test } from 'vitest'
import type { Figure } from './figure.ts'
import { judge, type Goal } from './goal.ts'

const FIGURE: Figure = {
  name: 'ours',
  block: 'a',
  unit: 's',
  value: { median: 1.5, low: 1, high: 2 },
  cpuMicros: null,
  ratios: [{ word: 'of theirs', value: 6 }],
  family: 'holdfast',
}
const FASTER: Goal = {
  what: 'faster',
  figure: 'ours',
  ratio: 'of theirs',
  floor: 5,
  aim: 8,
  better: 'higher',
}
const SOONER: Goal = {
  what: 'sooner',
  figure: 'ours',
  ratio: null,
  unit: 's',
  floor: 2,
  aim: 0.5,
  better: 'lower',
}

test('a goal is put beside what was measured', () => {
  expect(judge(FASTER, [FIGURE])).toEqual({
    what: 'faster',
    measured: '6.00 x',
    floor: '5.00 x',
    aim: '8.00 x',
    verdict: 'floor reached',
  })
  expect(judge(SOONER, [FIGURE])).toEqual({
    what: 'sooner',
    measured: '1.50 s',
    floor: '2.00 s',
    aim: '0.50 s',
    verdict: 'floor reached',
  })
})

test.each<[string, Goal, number, string]>([
  ['more, on the aim', FASTER, 8, 'aim reached'],
  ['more, on the floor', FASTER, 5, 'floor reached'],
  ['more, below the floor', FASTER, 4.99, 'missed'],
  ['less, on the aim', SOONER, 0.5, 'aim reached'],
  ['less, on the floor', SOONER, 2, 'floor reached'],
  ['less, above the floor', SOONER, 2.01, 'missed'],
])('%s', (_, goal, measured, verdict) => {
  const figure: Figure = {
    ...FIGURE,
    value: { median: measured, low: measured, high: measured },
    ratios: [{ word: 'of theirs', value: measured }],
  }
  expect(judge(goal, [figure]).verdict).toBe(verdict)
})

test('what was not measured is said to be so', () => {
  expect(judge(FASTER, []).verdict).toBe('not measured')
  expect(judge(FASTER, [{ ...FIGURE, ratios: [] }]).verdict).toBe('not measured')
  expect(judge(SOONER, [])).toMatchObject({ measured: '', floor: '2.00 s', aim: '0.50 s' })
})
