import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { expect, test } from 'vitest'
import { changed } from '../socket/contract/changed-store.ts'
import { runIdOf } from '../store/contract/test-runs.ts'
import { NAMESPACE, TestClock } from '../store/contract/test-store.ts'
import type { EndRuns } from '../store/run-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { RunDesk } from './run-desk.ts'
import { UNSTORED_ENDS, type ClientEnd } from './unstored-ends.ts'

function endOf(number: number): ClientEnd {
  return { run: { namespace: NAMESPACE, run: runIdOf(number) }, outcome: 'success', reason: 'completed' }
}

test('[RU2] [OP5] of more ends than are kept while the store is full the oldest is let go, and a line says so', async () => {
  const clock = new TestClock()
  await using store = await openSqliteStore(':memory:', { now: clock.now })
  const lines: string[] = []
  const note = (...said: unknown[]): void => void lines.push(JSON.stringify(said))
  const asked: EndRuns[] = []
  let isFull = true
  const full = changed(store, {
    endRuns: (request) => {
      asked.push(request)
      return isFull ? Promise.reject(new HoldfastError('storage_full', 'full')) : store.endRuns(request)
    },
  })
  const log = { debug: note, info: note, warn: note, error: note }
  const desk = await RunDesk.open({ store: full, log, leaseMs: 30_000, elapsed: clock.now })
  for (let number = 0; number < UNSTORED_ENDS; number += 1)
    await expect(desk.endImplicit(endOf(number))).rejects.toThrow('full')
  expect(lines).toEqual([])
  await expect(desk.endImplicit(endOf(UNSTORED_ENDS))).rejects.toThrow('full')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(runIdOf(0))
  expect([desk.isEnding(endOf(0).run), desk.isEnding(endOf(1).run)]).toEqual([false, true])
  await desk.sweep()
  asked.length = 0
  isFull = false
  await desk.sweep()
  expect(asked).toHaveLength(UNSTORED_ENDS)
  expect(asked[0]).toEqual({
    runs: [endOf(1).run],
    outcome: 'success',
    reason: 'completed',
    endedBy: 'client',
  })
  await desk.sweep()
  expect(asked).toHaveLength(UNSTORED_ENDS)
})
