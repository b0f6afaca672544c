import { expect, test } from 'vitest'
import {
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  ofRun,
  proven,
  rejected,
  reported,
  resumeBegun,
  runIdOf,
  tokenReport,
} from '../contract/test-runs.ts'
import { ACTOR, NAMESPACE } from '../contract/test-store.ts'
import { rejectionOf } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

/** What has happened, by its name, and how often. */
function counted({ counts }: SqliteStore): Readonly<Record<string, number>> {
  const happened = counts.runs.all().filter(({ count }) => count > 0)
  return Object.fromEntries(happened.map(({ kind, outcome, count }) => [`${kind} ${outcome}`, count]))
}

test('[OP2] every write of a run is counted once, by kind and by what became of it', async () => {
  const store = await openSqliteStore(':memory:')
  const key = await proven(store, 'a')
  expect(counted(store)).toEqual({
    'claim taken': 1,
    'token taken': 1,
    'complete taken': 1,
    'evidence taken': 1,
  })
  const run = runIdOf(1)
  const holder = { id: 'h', boot: 1 }
  await claimed(store, 'a', { runId: run, holder })
  await claimed(store, 'a', { runId: run, holder })
  await store.claimRun(claimOf('a'))
  await store.claimRun(claimOf('b', { flavor: 'nobody' }))
  await store.registerRun({ ...claimOf('b'), runId: runIdOf(2) })
  await implicit(store, key)
  await store.reviveRun(ofRun(run))
  await reported(store, run, 't1')
  await store.reportToken(tokenReport('none', 't1'))
  await rejected(store, run, 't1')
  await lapsed(store, run)
  await lapsed(store, run)
  await store.endHolderRuns({ namespace: NAMESPACE, holder, runs: [] })
  await store.noteEvidence({ ...key, flavor: 'claude', token: 'another', directory: 'absent' })
  const idle = await proven(store, 'c', 't3')
  await resumeBegun(store, idle, runIdOf(3))
  await store.moveResume({ ...ofRun(runIdOf(3)), runtimeId: 'r2' })
  await store.resumeAccepted(ofRun(runIdOf(3)))
  await store.giveUpResume({ ...ofRun(runIdOf(3)), reason: 'no answer' })
  await store.beginResume({ namespace: NAMESPACE, session: 'nobody', actor: ACTOR, runId: runIdOf(4) })
  expect(counted(store)).toEqual({
    'claim taken': 3,
    'claim unchanged': 1,
    'claim refused': 2,
    'register taken': 1,
    'implicit taken': 1,
    'alive taken': 1,
    'token taken': 3,
    'token refused': 1,
    'rejected taken': 1,
    'complete taken': 2,
    'end taken': 1,
    'end unchanged': 2,
    'resume taken': 4,
    'resume refused': 1,
    'evidence taken': 2,
    'evidence unchanged': 1,
  })
  expect(store.counts.writes.outcomes).toMatchObject({ written: 0, failed: 0 })
  await store.close()
  expect(await rejectionOf(store.completeRun({ ...ofRun(run), outcome: 'success' }))).toBe('store_stopped')
  expect(counted(store)).toMatchObject({ 'complete failed': 1, 'complete taken': 2 })
})

test('[OP2] what never happened is shown as none, so that its first time is seen', async () => {
  await using store = await openSqliteStore(':memory:')
  const shown = store.counts.runs.all()
  expect(shown).toHaveLength(40)
  expect(shown.every(({ count }) => count === 0)).toBe(true)
  await completed(store, (await claimed(store, 'a')).run.id)
  expect(store.counts.runs.all()).toHaveLength(40)
})
