import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimed, proven, reported, runIdOf, tokenReport } from '../../contract/test-runs.ts'
import { ACTOR, NAMESPACE, read, runsOf, tokensOf } from '../../contract/test-store.ts'
import type { SessionKey } from '../../store.ts'
import { startHelper, Workshop } from '../contract/workshop.ts'
import { restoreBackup } from '../restore-backup.ts'
import { openSqliteStore } from '../sqlite-store.ts'

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

const LIVE = 50

test('[RU3] a hub that is killed with 50 live runs interrupts none of them, and their reports go on', async () => {
  const script = `
    const store = await openSqliteStore(path)
    const actor = { door: 'http' }
    for (let n = 0; n < ${LIVE}; n += 1) {
      const claim = { namespace: 'default', actor, key: 'k' + n, flavor: 'claude', machineId: 'm1', runtimeId: 'r1', directory: '/work', intent: 'auto' }
      const { run } = await store.claimRun(claim)
      await store.reportToken({ namespace: 'default', actor, run: run.id, token: 't' + n, state: 'confirmed' })
      console.log(run.id)
    }`
  const helper = startHelper(workshop, workshop.database, script)
  const ids: string[] = []
  while (ids.length < LIVE) ids.push(await helper.line())
  await helper.kill()
  const store = workshop.closing(await openSqliteStore(workshop.database))
  const { items } = await store.liveRuns({ limit: 1000 })
  expect(items.map(({ run }) => run.id)).toEqual(ids)
  for (const [n, { namespace, run }] of items.entries()) {
    expect(run).toMatchObject({ state: 'running', token: `t${n}`, endedAt: null })
    const { metadata } = await read(store, { namespace, session: run.session })
    expect(metadata).toMatchObject({ claudeSessionId: `t${n}` })
    expect(metadata).not.toHaveProperty('lifecycleState')
    const revived = await store.reviveRun({ namespace, actor: ACTOR, run: run.id })
    expect(revived).toEqual({ kind: 'run', run, contends: [] })
  }
})

test('[RI5] a hub that is killed holds a resume as it was, and the confirmation still counts', async () => {
  const before = await openSqliteStore(workshop.database)
  const key = await proven(before, 'a')
  await before.close()
  const script = `
    const store = await openSqliteStore(path)
    const actor = { door: 'http' }
    await store.beginResume({ namespace: 'default', session: '${key.session}', actor, runId: '${runIdOf(1)}' })
    console.log('begun')`
  const helper = startHelper(workshop, workshop.database, script)
  await helper.line()
  await helper.kill()
  const store = workshop.closing(await openSqliteStore(workshop.database))
  const held = { ...key, actor: ACTOR, runId: runIdOf(2) }
  expect(await store.beginResume(held)).toMatchObject({ kind: 'held', hold: { runId: runIdOf(1) } })
  const confirmation = tokenReport(runIdOf(1), 't1', { state: 'confirmed' })
  expect(await store.reportToken(confirmation)).toMatchObject({ run: { state: 'running' } })
})

test('[OP6] a backup has runs, what they carried and what was seen of it', async () => {
  const store = await openSqliteStore(workshop.database)
  const key: SessionKey = await proven(store, 'a')
  const { run } = await claimed(store, 'a', { runId: runIdOf(1), holder: { id: 'h', boot: 3 } })
  await reported(store, run.id, 't2')
  const kept = async (from: typeof store) => ({
    runs: await runsOf(from, key),
    tokens: await tokensOf(from, key),
    facts: await from.readFacts(key),
    live: await from.liveRuns({ limit: 10 }),
  })
  const before = await kept(store)
  await store.backup(workshop.file('backup.db'))
  await reported(store, run.id, 't3')
  await store.close()
  await restoreBackup(workshop.file('backup.db'), workshop.database, { now: Date.now })
  const restored = workshop.closing(await openSqliteStore(workshop.database))
  expect(await kept(restored)).toEqual(before)
  const older = { namespace: NAMESPACE, holder: { id: 'h', boot: 2 }, runs: [] }
  expect(await restored.endHolderRuns(older)).toMatchObject({ kind: 'refused', code: 'lease_lost' })
  expect(await reported(restored, run.id, 't3')).toMatchObject({ run: { token: 't3' } })
})
