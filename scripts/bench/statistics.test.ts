import { expect, test } from 'vitest'
import { median, quantile } from './statistics.ts'

test('the median is the middle, or between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([9, 1, 5, 7])).toBe(6)
})

test('a quantile is the value that so many do not pass', () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at)
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([50, 99, 100])
  expect(quantile([3], 0.99)).toBe(3)
})
