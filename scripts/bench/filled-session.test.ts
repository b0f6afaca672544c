import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { expect, test } from 'vitest'
import { NAMESPACE } from './engine.ts'
import { makeFilledSession } from './filled-session.ts'

const SESSIONS = 1000
const RUNNING = 9_999

test('the sessions of a filled store are of some agents on some machines, and in every class', async () => {
  await using store = await openSqliteStore(':memory:')
  await Promise.all(Array.from({ length: SESSIONS }, (_, index) => makeFilledSession(store, index)))
  await makeFilledSession(store, RUNNING)
  const { items } = await store.census({ namespace: NAMESPACE, limit: 1000 })
  const counts = new Map<string, number>()
  for (const group of items) {
    const said = `${group.class} ${group.reason ?? ''}`.trim()
    counts.set(said, (counts.get(said) ?? 0) + group.count)
  }
  expect([...counts.keys()].toSorted()).toEqual([
    'at_risk run_interrupted',
    'at_risk run_missing',
    'at_risk transcript_unknown',
    'lost token_cleared',
    'none no_token',
    'none unknown_flavor',
    'resumable',
    'running run_in_progress',
  ])
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(SESSIONS + 1)
  expect(counts.get('at_risk run_missing')).toBeGreaterThan(SESSIONS / 2)
  expect(counts.get('resumable')).toBeLessThan(SESSIONS / 20)
  expect(new Set(items.map(({ flavor }) => flavor))).toEqual(
    new Set([null, 'claude', 'codex', 'gemini', 'opencode']),
  )
  expect(new Set(items.map(({ machineId }) => machineId)).size).toBe(13)
})
