import { expect, test } from 'vitest'
import { timedLots } from './timed-lots.ts'

test('each lot is told by its median', async () => {
  const times = [3, 1, 90, 10, 20, 30]
  expect(await timedLots({ lots: 2, each: 3 }, () => Promise.resolve(times.shift() ?? 0))).toEqual([3, 20])
  expect(times).toEqual([])
})
