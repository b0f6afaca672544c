import { describe, expect, test } from 'vitest'
import { expectLost, NAMES_TOKEN, REPORT_KINDS, reportOf } from './report-kinds.ts'
import {
  claimed,
  completed,
  implicit,
  lapsed,
  ofRun,
  proven,
  registered,
  reported,
  runIdOf,
  sessionOf,
  tokenReport,
} from './test-runs.ts'
import {
  born,
  everythingIn,
  expectRefused,
  patched,
  read,
  TestClock,
  tokenOf,
  type OpenStore,
} from './test-store.ts'

const ARCHIVED = {
  lifecycleState: 'archived',
  lifecycleStateSince: 5,
  archivedBy: 'somebody',
  archiveReason: 'done',
} as const

export function runStandingContract(name: string, open: OpenStore): void {
  describe(`${name}: whether a report counts`, () => {
    for (const kind of REPORT_KINDS) {
      test(`[RU5] after a lapsed lease: ${kind} counts, since the run is the newest and alone`, async () => {
        await using store = await open()
        const { run } = await claimed(store, 'a')
        await lapsed(store, run.id)
        expect(await reportOf(store, run.id, 't1')[kind]()).toMatchObject({
          kind: 'run',
          run: { id: run.id },
        })
        const state =
          kind === 'complete' ? 'success' : kind === 'complete with a token' ? 'failed' : 'running'
        expect(await store.readRun(ofRun(run.id))).toMatchObject({ state, reason: null })
        const { metadata } = await read(store, sessionOf(run))
        expect('claudeSessionId' in metadata).toBe(NAMES_TOKEN.includes(kind))
      })

      test(`[RU5] after another run has begun: ${kind} is lost, and its token is late`, async () => {
        await using store = await open()
        const { run } = await claimed(store, 'a')
        await reported(store, run.id, 't1')
        await lapsed(store, run.id)
        const { run: newer } = await claimed(store, 'a')
        await expectLost(store, { run: run.id, kind, key: sessionOf(run) })
        // Also when that one is over: it was the newest.
        await completed(store, newer.id, { outcome: 'failed' })
        await expectLost(store, { run: run.id, kind, key: sessionOf(run) })
        expect(await store.readRun(ofRun(run.id))).toMatchObject({ state: 'interrupted', endedBy: 'lease' })
      })

      test(`[RU5] while a client that knows no runs is there: ${kind} is lost`, async () => {
        await using store = await open()
        const { run: implied } = await implicit(store, await born(store, {}, { tag: 'a' }))
        const { run } = await registered(store, 'a', { runId: runIdOf(1) })
        await lapsed(store, run.id)
        await expectLost(store, { run: run.id, kind, key: sessionOf(run) })
        await lapsed(store, implied.id)
        expect(await reportOf(store, run.id, 't1')[kind]()).toMatchObject({ kind: 'run' })
      })

      test(`[RU7] while another session holds its conversation: ${kind} is lost`, async () => {
        await using store = await open()
        const { run } = await claimed(store, 'a')
        await reported(store, run.id, 't1')
        await lapsed(store, run.id)
        const { run: other } = await claimed(store, 'b')
        await reported(store, other.id, 't1')
        await expectLost(store, { run: run.id, kind, key: sessionOf(run) })
        await reported(store, other.id, 't2')
        expect(await reportOf(store, run.id, 't1')[kind]()).toMatchObject({ kind: 'run' })
      })
    }

    test('[RU5] a late token that is known already stays what it is', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run } = await claimed(store, 'a', { runId: runIdOf(1) })
      await lapsed(store, run.id)
      await claimed(store, 'a')
      const before = await everythingIn(store)
      expectRefused(await store.reportToken(tokenReport(run.id, 't1')), 'lease_lost')
      expect(await everythingIn(store)).toEqual(before)
      expect(await tokenOf(store, key, 't1')).toMatchObject({ left: 'no', proof: 'confirmed' })
    })

    test('[RU5] a run that is live counts also beside a newer one', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await implicit(store, sessionOf(run))
      expect((await reported(store, run.id, 't1')).run).toMatchObject({ token: 't1', contended: true })
    })

    test('[RU5] an end by its own word is final for heartbeats, and a late one is refused', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await completed(store, run.id)
      const before = await everythingIn(store)
      expectRefused(await store.reviveRun(ofRun(run.id)), 'lease_lost')
      expectRefused(await store.reportRejected({ ...ofRun(run.id), token: 't1', message: '' }), 'lease_lost')
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU5] a token that was under way when its run ended still counts, while the run is the newest', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const key = sessionOf(run)
      const { run: ended } = await completed(store, run.id)
      await patched(store, key, ARCHIVED)
      const answer = await reported(store, run.id, 't1', { state: 'confirmed', transcript: 'unknown' })
      expect(answer.run).toEqual({ ...ended, token: 't1' })
      expect((await read(store, key)).metadata).toMatchObject({ ...ARCHIVED, claudeSessionId: 't1' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'confirmed' })
      await claimed(store, 'a')
      expectRefused(await store.reportToken(tokenReport(run.id, 't2')), 'lease_lost')
      expect(await tokenOf(store, key, 't2')).toMatchObject({ left: 'late' })
    })

    test('[RU5] a token from before the one that the end named is late', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await completed(store, run.id, { token: 't2' })
      expectRefused(await store.reportToken(tokenReport(run.id, 't1')), 'lease_lost')
      expect(await tokenOf(store, sessionOf(run), 't1')).toMatchObject({ left: 'late' })
      expect((await read(store, sessionOf(run))).metadata).toMatchObject({ claudeSessionId: 't2' })
      expect(await reported(store, run.id, 't2')).toMatchObject({ run: { state: 'success' } })
    })

    test('[RU5] a clock that steps back changes nothing of which run is the newest', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const { run } = await claimed(store, 'a')
      await lapsed(store, run.id)
      clock.move(-86_400_000)
      await claimed(store, 'a')
      expectRefused(await store.reviveRun(ofRun(run.id)), 'lease_lost')
      expect(await store.readRun(ofRun(run.id))).toMatchObject({ state: 'interrupted' })
    })
  })
}
