import { must } from '@holdfast/shared/errors/assert'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimOf, proven, tokenReport } from '../../contract/test-runs.ts'
import { ACTOR, NAMESPACE } from '../../contract/test-store.ts'
import type { SessionKey } from '../../store.ts'
import { RecordingDriver } from '../contract/recording-driver.ts'
import { Workshop } from '../contract/workshop.ts'
import { StoreCore } from '../core.ts'
import { loadDriver } from '../driver.ts'
import { openSqliteStore } from '../sqlite-store.ts'
import { claimRun } from './claim.ts'
import { completeRun } from './complete.ts'
import { endHolderRuns, endRuns } from './ends.ts'
import { listRuns, liveRuns, readRun } from './reads.ts'
import { reportRejected } from './report-rejected.ts'
import { reportToken } from './report-token.ts'
import { beginResume, giveUpResume, resumeAccepted } from './resume.ts'
import { reviveRun } from './revive.ts'
import { RunPruner } from './run-pruner.ts'
import { openImplicitRun, registerRun } from './unjudged.ts'

let workshop: Workshop
let driver: RecordingDriver
let core: StoreCore
let key: SessionKey
let ids = 0

beforeEach(async () => {
  workshop = new Workshop()
  const store = await openSqliteStore(workshop.database)
  key = await proven(store, 'a')
  await store.close()
  const open = await loadDriver()
  driver = new RecordingDriver(open(workshop.database))
  workshop.later(() => driver.close())
  const outside = { now: () => 1000, newId: () => `run-${(ids += 1)}` }
  core = new StoreCore(driver, outside, (error) => {
    throw error
  })
})

afterEach(() => workshop.remove())

const by = (run: string) => ({ namespace: NAMESPACE, actor: ACTOR, run })

/** Every statement that a method of runs may carry out. */
async function everyMethod(): Promise<void> {
  const holder = { id: 'h', boot: 1 }
  await claimRun(core, claimOf('a', { runId: 'one', holder, evidence: { transcript: 'present' } }))
  await claimRun(core, claimOf('a', { runId: 'one', holder }))
  await reportToken(core, tokenReport('one', 't2', { state: 'confirmed' }))
  await reportRejected(core, { ...by('one'), token: 't2', message: 'no' })
  await endRuns(core, {
    runs: [{ namespace: NAMESPACE, run: 'one' }],
    outcome: 'interrupted',
    endedBy: 'lease',
  })
  await reviveRun(core, by('one'))
  await completeRun(core, { ...by('one'), outcome: 'success', token: 't3', workDir: '/moved' })
  await registerRun(core, { ...claimOf('a', { holder }), runId: 'two' })
  await openImplicitRun(core, { ...key, actor: ACTOR, continues: null })
  await endHolderRuns(core, { namespace: NAMESPACE, holder: { id: 'h', boot: 2 }, runs: [] })
  await reportToken(core, tokenReport('two', 'late'))
  liveRuns(core, { limit: 10, cursor: '1' })
  const { items } = liveRuns(core, { limit: 10 })
  const runs = items.map(({ run }) => ({ namespace: NAMESPACE, run: run.id }))
  await endRuns(core, { runs, outcome: 'success', endedBy: 'client' })
  await beginResume(core, { ...key, actor: ACTOR, runId: 'three' })
  await resumeAccepted(core, by('three'))
  await reportToken(core, tokenReport('three', 'other'))
  await beginResume(core, { ...key, actor: ACTOR, runId: 'four' })
  await giveUpResume(core, { ...by('four'), reason: 'no answer' })
  readRun(core, { namespace: NAMESPACE, run: 'one' })
  listRuns(core, { ...key, limit: 10 })
  await core.write(pruneRuns, 0)
}

function pruneRuns(): void {
  const namespace = must(core.catalog.namespace(NAMESPACE), 'the namespace is there')
  const later = { ...core.outside, now: () => 1e13 }
  expect(new RunPruner({ sql: core.sql, outside: later }).prune(namespace, 10).gone).toBeGreaterThan(0)
}

test('runs are found by an index, and no tenant is looked through', async () => {
  await everyMethod()
  const slow = driver
    .plans()
    .flatMap(({ sql, plan }) =>
      plan
        .filter((step) => /^SCAN (?!wanted$|.*(ROW VALUES CLAUSE|CONSTANT ROW))|\(namespace=\?\)$/.test(step))
        .map((step) => `${step}: ${sql.trim()}`),
    )
  expect(driver.ran.filter((sql) => /\brun\b/.test(sql)).length).toBeGreaterThan(100)
  expect(slow).toEqual([])
})

test('the live runs of every tenant are read by an index that has no others', async () => {
  await everyMethod()
  const live = driver.plans().find(({ sql }) => sql.includes('n.name as namespace'))
  expect(live?.plan[0]).toContain('USING INDEX run_live_by_age (')
  expect(live?.plan.join()).not.toContain('TEMP B-TREE')
})
