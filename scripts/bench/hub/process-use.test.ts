import { expect, test } from 'vitest'
import { residentKilobytes, useOf } from './process-use.ts'

const TOLD = process.platform === 'linux'

/** What comes after every process number that a system gives. */
const NOBODY = 2 ** 30

test('the processor time of a process grows while it works', () => {
  const before = useOf(process.pid)
  const worked = process.cpuUsage()
  while (process.cpuUsage(worked).user < 100_000);
  const after = useOf(process.pid)
  expect(before !== null && after !== null && after.userMicros - before.userMicros >= 50_000).toBe(TOLD)
})

test('the memory of a process is what it says of itself', () => {
  const kilobytes = residentKilobytes(process.pid)
  const own = process.memoryUsage.rss() / 1024
  expect(kilobytes !== null && Math.abs(kilobytes - own) < own / 2).toBe(TOLD)
})

test('of a process that is not there nothing is told', () => {
  expect([useOf(NOBODY), residentKilobytes(NOBODY)]).toEqual([null, null])
})
