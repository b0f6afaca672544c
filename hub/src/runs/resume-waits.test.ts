import { expect, test } from 'vitest'
import { ResumeWaits, WAIT_LIMITS } from './resume-waits.ts'

/** Waits for so many resumes of a namespace. */
function opened(waits: ResumeWaits, namespace: string, count: number): Disposable[] {
  return Array.from({ length: count }, (_, at) => waits.open({ namespace, run: `run ${at}` }))
}

test('[RI1] [SE5] 16 resumes of a namespace are waited for, and 32 in all', () => {
  expect(WAIT_LIMITS).toEqual({ ofNamespace: 16, all: 32 })
  const waits = new ResumeWaits()
  const [first] = opened(waits, 'a', 16)
  expect([waits.isFull('a'), waits.isFull('b'), waits.isOverfull('a')]).toEqual([true, false, false])
  opened(waits, 'b', 15)
  expect([waits.isFull('b'), waits.isFull('c')]).toEqual([false, false])
  opened(waits, 'c', 1)
  // However few a namespace has, there are no more than so many in all.
  expect([waits.isFull('b'), waits.isFull('c'), waits.isFull('d')]).toEqual([true, true, true])
  expect(waits.isOverfull('c')).toBe(false)
  opened(waits, 'd', 1)
  expect([waits.isOverfull('c'), waits.isOverfull('d')]).toEqual([true, true])
  first?.[Symbol.dispose]()
  expect([waits.isOverfull('d'), waits.isFull('d'), waits.isFull('a')]).toEqual([false, true, true])
})
