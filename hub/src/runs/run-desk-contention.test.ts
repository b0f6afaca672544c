import { expect, test } from 'vitest'
import { answered, claimOf, ofRun, RESUMABLE, runIdOf, tokenReport } from '../store/contract/test-runs.ts'
import { ACTOR, born, patched, TestClock } from '../store/contract/test-store.ts'
import type { LiveRun } from '../store/run-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { RunDesk } from './run-desk.ts'

const [FIRST, SECOND] = [runIdOf(1), runIdOf(2)]
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A run that carries t1, and a client that knows no runs in a session with t2. */
async function open() {
  const clock = new TestClock()
  const store = await openSqliteStore(':memory:', { now: clock.now })
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const desk = await RunDesk.open({ store, log, leaseMs: 30_000, elapsed: clock.now })
  const { run } = answered(await desk.claim(claimOf('a', { runId: FIRST })), 'claimed')
  await desk.token(tokenReport(FIRST, 't1'))
  const key = await born(store, { ...RESUMABLE, claudeSessionId: 't2' })
  answered(await desk.openImplicit({ ...key, actor: ACTOR, continues: null }), 'run')
  const told: LiveRun[] = []
  desk.onRun((change) => void told.push(change))
  return { store, desk, key, session: { ...key, session: run.session }, told }
}

test('[ME13] [RU7] runs that a write of fields brings together are marked at once', async () => {
  const { store, desk, key, session, told } = await open()
  await using _ = store
  await patched(store, key, { claudeSessionId: 't1' })
  await nextTurn()
  expect(told).toHaveLength(2)
  expect(told.every(({ run }) => run.contended)).toBe(true)
  for (const each of [key, session]) expect(desk.live.inSession(each)).toMatchObject([{ contended: true }])
  await patched(store, key, { claudeSessionId: 't2' })
  await patched(store, key, { claudeSessionId: 't1' })
  await nextTurn()
  expect(told).toHaveLength(2)
})

test('[ME13] [RU7] one that ends in the same commit stays over', async () => {
  const { store, desk, key, session } = await open()
  await using _ = store
  await Promise.all([
    patched(store, key, { claudeSessionId: 't1' }),
    desk.complete({ ...ofRun(FIRST), outcome: 'success' }),
  ])
  await nextTurn()
  expect(desk.live.inSession(session)).toEqual([])
  expect(desk.live.inSession(key)).toMatchObject([{ contended: true }])
})

test('[ME13] [RU7] one that begins in the same commit is marked', async () => {
  const { store, desk, key, session } = await open()
  await using _ = store
  await desk.complete({ ...ofRun(FIRST), outcome: 'success' })
  await Promise.all([
    desk.register({ ...claimOf('a'), runId: SECOND }),
    desk.token(tokenReport(SECOND, 't1')),
    patched(store, key, { claudeSessionId: 't1' }),
  ])
  await nextTurn()
  expect(desk.live.inSession(session)).toMatchObject([{ id: SECOND, contended: true }])
})
