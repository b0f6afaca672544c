import { describe, expect, test } from 'vitest'
import { REPORT_KINDS, reportOf } from './report-kinds.ts'
import {
  claimed,
  completed,
  implicit,
  lapsed,
  ofRun,
  registered,
  reported,
  runIdOf,
  sessionOf,
  tokenReport,
} from './test-runs.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  journalOf,
  patched,
  read,
  tokenOf,
  tokensOf,
  type OpenStore,
} from './test-store.ts'

const ARCHIVED = {
  lifecycleState: 'archived',
  lifecycleStateSince: 5,
  archivedBy: 'somebody',
  archiveReason: 'done',
} as const

export function runReportsContract(name: string, open: OpenStore): void {
  describe(`${name}: a token is reported`, () => {
    test('[RU5] it is in the metadata with its place, in one version, and the feed says who wrote it', async () => {
      await using store = await open()
      const key = await born(store, { name: 'n', path: '/old' }, { tag: 'a' })
      const { run } = await registered(store, 'a', { runId: runIdOf(1) })
      const answer = await reported(store, run.id, 't1')
      expect(answer).toMatchObject({ version: 2, contends: [], run: { token: 't1', state: 'running' } })
      expect(await read(store, key)).toMatchObject({
        metadataVersion: 2,
        metadata: { name: 'n', path: '/work', claudeSessionId: 't1', flavor: 'claude', machineId: 'm1' },
      })
      const actor = { ...ACTOR, machine: 'm1', run: run.id, runtime: 'r1' }
      expect((await journalOf(store, key))[0]).toMatchObject({ op: 'patch', version: 2, actor })
      expect((await feedOf(store)).at(-1)).toMatchObject({ actor, set: { claudeSessionId: 't1' } })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'provisional', left: 'no' })
    })

    test('[RU5] what does not differ is not written again', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const first = await reported(store, run.id, 't1')
      const before = await everythingIn(store)
      expect(await reported(store, run.id, 't1')).toEqual(first)
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU5] an agent may change its token; the one before is superseded, and the run carried both', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await reported(store, run.id, 't1')
      await reported(store, run.id, 't2')
      await completed(store, run.id)
      const key = sessionOf(run)
      expect(await tokenOf(store, key, 't1')).toMatchObject({ left: 'superseded', proof: 'confirmed' })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ left: 'no', proof: 'confirmed' })
    })

    test('[RU6] a token is provisional until its transcript was seen', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const key = sessionOf(run)
      await reported(store, run.id, 't1')
      await reported(store, run.id, 't1', { transcript: 'absent' })
      await reported(store, run.id, 't1', { state: 'confirmed', transcript: 'unknown' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'provisional' })
      await reported(store, run.id, 't1', { state: 'confirmed' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'confirmed' })
      expect(await store.readFacts(key)).toMatchObject({ token: { transcript: { state: 'present' } } })
      await reported(store, run.id, 't2', { transcript: 'present' })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ proof: 'confirmed' })
    })

    test('[RU6] what is seen on another machine than that of the token proves nothing', async () => {
      await using store = await open()
      const key = await born(
        store,
        { flavor: 'claude', machineId: 'm2', claudeSessionId: 't1' },
        { tag: 'a' },
      )
      const { run } = await registered(store, 'a', { runId: runIdOf(1) })
      await reported(store, run.id, 't1', { state: 'confirmed' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({
        proof: 'provisional',
        machineId: 'm2',
        runtimeId: null,
      })
    })

    test('[RV5] a runtime that was not on record is known once the agent confirmed the token there', async () => {
      await using store = await open()
      const key = await born(
        store,
        { flavor: 'claude', machineId: 'm1', claudeSessionId: 't1' },
        { tag: 'a' },
      )
      const { run } = await registered(store, 'a', { runId: runIdOf(1) })
      await reported(store, run.id, 't1')
      expect(await tokenOf(store, key, 't1')).toMatchObject({ runtimeId: null })
      await reported(store, run.id, 't1', { state: 'confirmed' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ runtimeId: 'r1', machineId: 'm1' })
    })

    test('[RV5] a runtime of one machine is never put beside another machine', async () => {
      await using store = await open()
      const key = await born(
        store,
        { flavor: 'claude', machineId: 'm2', claudeSessionId: 't1' },
        { tag: 'a' },
      )
      await patched(store, key, { claudeSessionId: 't2' })
      const { run } = await registered(store, 'a', { runId: runIdOf(1) })
      await reported(store, run.id, 't1')
      expect(await tokenOf(store, key, 't1')).toMatchObject({
        left: 'no',
        machineId: 'm2',
        runtimeId: null,
        run: null,
      })
      expect((await store.readFacts(key))?.token).toMatchObject({ value: 't1', directory: null })
    })

    test('[RI5] only a confirmed token takes a session out of the archive', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const key = sessionOf(run)
      await patched(store, key, ARCHIVED)
      await reported(store, run.id, 't1')
      expect((await read(store, key)).metadata).toMatchObject({ ...ARCHIVED, claudeSessionId: 't1' })
      const { version } = await reported(store, run.id, 't1', { state: 'confirmed' })
      expect((await read(store, key)).metadata).toEqual({
        flavor: 'claude',
        machineId: 'm1',
        path: '/work',
        claudeSessionId: 't1',
      })
      expect(version).toBe(4)
      await patched(store, key, { lifecycleState: 'running', archiveReason: 'of old' })
      await reported(store, run.id, 't1', { state: 'confirmed' })
      expect((await read(store, key)).metadata).toMatchObject({ archiveReason: 'of old' })
    })

    test('[RU5] a token that can not be stored is refused, and the run goes on as it was', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await lapsed(store, run.id)
      const before = await everythingIn(store)
      for (const token of ['', ' ', 'x'.repeat(5000), '\ud800', 'a\u0000'])
        expect(await store.reportToken(tokenReport(run.id, token))).toMatchObject({ kind: 'refused' })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU5] an agent that keeps no token can not report one', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a', { flavor: 'dsh' })
      expectRefused(await store.reportToken(tokenReport(run.id, 't1')), 'unknown_flavor')
      const end = { ...ofRun(run.id), outcome: 'success', token: 't1' } as const
      expectRefused(await store.completeRun(end), 'unknown_flavor')
      expect(await tokensOf(store, sessionOf(run))).toEqual([])
    })

    test('[RU5] a report for a run that is not there, of another tenant, or implicit, finds none', async () => {
      await using store = await open()
      const { run: theirs } = await claimed(store, 'a', { namespace: 'other' })
      const { run: implied } = await implicit(store, await born(store))
      const before = await everythingIn(store)
      for (const id of ['none', theirs.id, implied.id, '\ud800']) {
        for (const kind of REPORT_KINDS)
          expectRefused(await reportOf(store, id, 't1')[kind](), 'run_not_found')
        const rejected = { ...ofRun(id), token: 't1', message: 'no' }
        expectRefused(await store.reportRejected(rejected), 'run_not_found')
      }
      expect(await everythingIn(store)).toEqual(before)
    })
  })
}
