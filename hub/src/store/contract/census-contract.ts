import { describe, expect, test } from 'vitest'
import type { CensusRow } from '../run-store.ts'
import type { Store } from '../store.ts'
import { began, ended, ran } from './known-runs.ts'
import { ACTOR, allPages, born, NAMESPACE, patched, type OpenStore } from './test-store.ts'

function census(store: Store, limit = 100, namespace = NAMESPACE): Promise<CensusRow[]> {
  return allPages((cursor) => store.census({ namespace, limit, cursor }))
}

const CLAUDE = { flavor: 'claude', machineId: 'm1', path: '/srv/app' }

/** One session or more of every class. */
async function everyClass(store: Store): Promise<void> {
  await born(store)
  await born(store, { machineId: 'm1' })
  await born(store, CLAUDE)
  await born(store, { ...CLAUDE, claudeSessionId: 'a' })
  await born(store, { ...CLAUDE, claudeSessionId: 'b' })
  await born(store, { ...CLAUDE, machineId: 'm2', claudeSessionId: 'b' })
  const cleared = await born(store, { ...CLAUDE, flavor: 'codex', codexSessionId: 'c' })
  await store.clearResumeToken({ ...cleared, actor: ACTOR, flavor: 'codex' })
  await began(store, { key: 'running', runId: 'live' })
  const proven = await ran(store, { key: 'resumable', runId: 'done', token: 'd', outcome: 'success' })
  const transcript = { state: 'present', because: null } as const
  await store.noteEvidence({ ...proven, flavor: 'claude', token: 'd', transcript, directory: 'present' })
}

const COUNTED: readonly CensusRow[] = [
  { flavor: null, machineId: null, class: 'none', reason: 'unknown_flavor', count: 1 },
  { flavor: null, machineId: 'm1', class: 'none', reason: 'unknown_flavor', count: 1 },
  { flavor: 'claude', machineId: 'm1', class: 'at_risk', reason: 'run_missing', count: 2 },
  { flavor: 'claude', machineId: 'm1', class: 'none', reason: 'no_token', count: 1 },
  { flavor: 'claude', machineId: 'm1', class: 'resumable', reason: null, count: 1 },
  { flavor: 'claude', machineId: 'm1', class: 'running', reason: 'run_in_progress', count: 1 },
  { flavor: 'claude', machineId: 'm2', class: 'at_risk', reason: 'run_missing', count: 1 },
  { flavor: 'codex', machineId: 'm1', class: 'lost', reason: 'token_cleared', count: 1 },
]

export function censusContract(name: string, open: OpenStore): void {
  describe(`${name}: a census`, () => {
    test('[WI5] counts every session once, by agent, machine, class and reason', async () => {
      await using store = await open()
      expect(await census(store)).toEqual([])
      await everyClass(store)
      expect(await census(store)).toEqual(COUNTED)
      const totals = { running: 1, resumable: 1, at_risk: 3, lost: 1, none: 3 }
      expect(await store.censusTotals(NAMESPACE)).toEqual(totals)
      expect(await store.censusTotals('nobody')).toEqual({
        running: 0,
        resumable: 0,
        at_risk: 0,
        lost: 0,
        none: 0,
      })
    })

    test.each([1, 2, 3, 7])('[WI5] in pages of %i groups too', async (limit) => {
      await using store = await open()
      await everyClass(store)
      expect(await census(store, limit)).toEqual(COUNTED)
    })

    test('[WI5] follows what happens to a session', async () => {
      await using store = await open()
      const key = await began(store, { key: 'k', runId: 'run' })
      const only = async () => (await census(store)).map(({ count: _count, ...group }) => group)
      const group = { flavor: 'claude', machineId: 'm1' }
      expect(await only()).toEqual([{ ...group, class: 'running', reason: 'run_in_progress' }])
      await ended(store, 'run', 'interrupted')
      expect(await only()).toEqual([{ ...group, class: 'none', reason: 'no_token' }])
      await patched(store, key, { machineId: 'm2', flavor: 'codex', codexSessionId: 'c' })
      expect(await only()).toEqual([
        { flavor: 'codex', machineId: 'm2', class: 'at_risk', reason: 'run_missing' },
      ])
    })

    test('[WI5] a cursor that was never given out begins again', async () => {
      await using store = await open()
      await everyClass(store)
      for (const cursor of ['', '7', '[1,2,3,4]', '["claude"]', '["\\ud800","","",""]', '{']) {
        expect((await store.census({ namespace: NAMESPACE, limit: 100, cursor })).items).toEqual(COUNTED)
      }
    })

    test('[SE2] of one tenant only', async () => {
      await using store = await open()
      await everyClass(store)
      await born(store, CLAUDE, { namespace: 'other' })
      expect(await census(store)).toEqual(COUNTED)
      expect(await census(store, 100, 'other')).toMatchObject([{ flavor: 'claude', count: 1 }])
      expect(await census(store, 100, 'nobody')).toEqual([])
    })
  })
}
