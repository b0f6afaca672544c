import { describe, expect, test } from 'vitest'
import {
  answered,
  besidesVerdict,
  claimed,
  completed,
  implicit,
  lapsed,
  ofRun,
  proven,
  registered,
  reported,
  RESUMABLE,
  runIdOf,
  sessionOf,
} from './test-runs.ts'
import { born, everythingIn, expectRefused, read, TestClock, tokenOf, type OpenStore } from './test-store.ts'

export function runEndsContract(name: string, open: OpenStore): void {
  describe(`${name}: runs end`, () => {
    for (const outcome of ['success', 'failed', 'cancelled'] as const) {
      test(`[RU5] ${outcome}: by its own word, with token, directory and reason in one write`, async () => {
        const clock = new TestClock()
        await using store = await open({ now: clock.now })
        const { run } = await claimed(store, 'a')
        const key = sessionOf(run)
        const more = { outcome, token: 't1', reason: 'why', workDir: '/moved' }
        const endedAt = clock.move(1000)
        const { run: ended } = answered(await store.completeRun({ ...ofRun(run.id), ...more }), 'run')
        expect(ended).toEqual({
          ...run,
          state: outcome,
          token: 't1',
          directory: '/moved',
          endedAt,
          endedBy: 'report',
          reason: 'why',
        })
        expect(await read(store, key)).toMatchObject({
          metadataVersion: 2,
          metadata: { path: '/moved', claudeSessionId: 't1' },
        })
        expect(await store.readFacts(key)).toMatchObject({
          held: null,
          token: { lastRun: { runId: run.id, outcome, reason: 'why', endedAt } },
        })
      })

      test(`[RU5] ${outcome} again gets the same answer, and another end is refused`, async () => {
        await using store = await open()
        const { run } = await claimed(store, 'a')
        const request = { ...ofRun(run.id), outcome, token: 't1' }
        const first = await store.completeRun(request)
        const before = await everythingIn(store)
        expect(await store.completeRun(request)).toEqual(first)
        for (const other of ['success', 'failed', 'cancelled'] as const) {
          if (other === outcome) continue
          expectRefused(await store.completeRun({ ...request, outcome: other }), 'lease_lost')
        }
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    test('[RU6] only a success confirms what the run carried', async () => {
      await using store = await open()
      for (const outcome of ['failed', 'cancelled', 'success'] as const) {
        const { run } = await claimed(store, outcome)
        await reported(store, run.id, 't1')
        await completed(store, run.id, { outcome })
        const proof = outcome === 'success' ? 'confirmed' : 'provisional'
        expect(await tokenOf(store, sessionOf(run), 't1')).toMatchObject({ proof })
      }
      const { run } = await claimed(store, 'lapsed')
      await reported(store, run.id, 't1')
      await lapsed(store, run.id)
      expect(await tokenOf(store, sessionOf(run), 't1')).toMatchObject({ proof: 'provisional' })
    })

    test('[RU6] a success says nothing of a token that the run did not carry', async () => {
      await using store = await open()
      const key = await born(store, { ...RESUMABLE }, { tag: 'a' })
      const { run } = await claimed(store, 'a')
      await completed(store, run.id)
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'provisional' })
    })

    test('[RU5] an end that names a token which can not be stored is refused, and the run goes on', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const before = await everythingIn(store)
      for (const more of [{ token: ' ' }, { token: 'a\u0000' }, { workDir: ' ' }, { reason: 'r\u0000' }]) {
        const answer = await store.completeRun({ ...ofRun(run.id), outcome: 'success', ...more })
        expect(answer).toMatchObject({ kind: 'refused' })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU3] a lease that ended without a word interrupts, and what is over stays as it ended', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const before = await besidesVerdict(store, key)
      const { run } = await claimed(store, 'a')
      const [ended, ...more] = await lapsed(store, run.id, run.id, 'none')
      expect(ended).toMatchObject({ id: run.id, state: 'interrupted', endedBy: 'lease', token: 't1' })
      expect(more).toEqual([])
      expect(await besidesVerdict(store, key)).toEqual(before)
      expect(await store.readFacts(key)).toMatchObject({ token: { lastRun: { outcome: 'interrupted' } } })
      expect(await lapsed(store, run.id)).toEqual([])
    })

    test('[RU3] runs of several namespaces end together', async () => {
      await using store = await open()
      const one = await claimed(store, 'a', { namespace: 'one' })
      const two = await claimed(store, 'a', { namespace: 'two' })
      const runs = [
        { namespace: 'one', run: one.run.id },
        { namespace: 'two', run: two.run.id },
        { namespace: 'one', run: two.run.id },
      ]
      const ended = await store.endRuns({ runs, outcome: 'interrupted', endedBy: 'lease' })
      expect(ended.map(({ id }) => id)).toEqual([one.run.id, two.run.id])
    })

    test('[RU7] the conversation is free again when its holder ends', async () => {
      await using store = await open()
      const { run } = await registered(store, 'a', { runId: runIdOf(1) })
      await reported(store, run.id, 't1', { state: 'confirmed' })
      const other = await born(store, { ...RESUMABLE })
      expect((await store.readFacts(other))?.token?.heldElsewhere).toMatchObject({ runId: run.id })
      await completed(store, run.id)
      expect((await store.readFacts(other))?.token?.heldElsewhere).toBe(null)
      const { run: implied } = await implicit(store, other)
      expect(implied.contended).toBe(false)
    })
  })
}
