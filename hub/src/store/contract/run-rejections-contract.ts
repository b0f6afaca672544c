import { CHECK_IDS } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import {
  answered,
  claimed,
  claimOf,
  completed,
  lapsed,
  proven,
  registered,
  rejected,
  reported,
  runIdOf,
  sessionOf,
} from './test-runs.ts'
import { everythingIn, expectRefused, patched, read, tokenOf, type OpenStore } from './test-store.ts'

export function runRejectionsContract(name: string, open: OpenStore): void {
  describe(`${name}: an agent does not know its token`, () => {
    test('[RV8] where the token was minted it is quarantined, and the run goes on without it', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      const answer = answered(await rejected(store, run.id), 'run')
      expect(answer).toMatchObject({ quarantined: true, run: { state: 'running', token: null } })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'quarantined', left: 'no' })
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
      await completed(store, run.id)
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'quarantined' })
      const next = await claimed(store, 'a')
      expect(next.verdict).toMatchObject({ decision: 'fresh', reason: 'token_quarantined' })
    })

    for (const [what, more] of [
      ['machine', { machineId: 'm2' }],
      ['runtime', { runtimeId: 'r2' }],
      ['runtime that it does not say', { runtimeId: null }],
    ] as const) {
      test(`[RV8] from another ${what} it is evidence, and no quarantine`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        const person = {
          intent: 'operator',
          acceptRisk: ['machine', 'runtime', 'transcript', 'directory'],
        } as const
        const { run } = await claimed(store, 'a', { ...more, ...person })
        expect(run.token).toBe('t1')
        expect(await rejected(store, run.id)).toMatchObject({ quarantined: false, run: { token: null } })
        expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'confirmed' })
        expect(await store.readFacts(key)).toMatchObject({
          token: { transcript: { state: 'unknown', because: 'agent_rejected' } },
        })
      })
    }

    test('[RV8] from another directory it is evidence, and no quarantine', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await patched(store, key, { path: '/moved' })
      const { run } = await claimed(store, 'a')
      expect(run).toMatchObject({ token: 't1', directory: '/moved' })
      expect(await rejected(store, run.id)).toMatchObject({ quarantined: false })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'confirmed' })
    })

    test('[RV8] the success of another run that carried it does not lift the quarantine', async () => {
      await using store = await open()
      const { run: one } = await registered(store, 'a', { runId: runIdOf(1) })
      const { run: two } = await registered(store, 'a', { runId: runIdOf(2) })
      for (const { id } of [one, two]) await reported(store, id, 't1')
      expect(await rejected(store, two.id)).toMatchObject({ quarantined: true })
      await completed(store, one.id)
      expect(await tokenOf(store, sessionOf(one), 't1')).toMatchObject({ proof: 'quarantined' })
    })

    test('[RV8] the success of a run whose agent did not know the token confirms nothing', async () => {
      await using store = await open()
      const { run: maker } = await claimed(store, 'a')
      await reported(store, maker.id, 't1')
      await lapsed(store, maker.id)
      const person = { intent: 'operator', acceptRisk: CHECK_IDS } as const
      const { run } = await claimed(store, 'a', { ...person, runtimeId: 'r2' })
      expect(await rejected(store, run.id)).toMatchObject({ quarantined: false })
      await completed(store, run.id)
      expect(await tokenOf(store, sessionOf(run), 't1')).toMatchObject({ proof: 'provisional' })
    })

    test('[RV8] a turn on disk lifts the quarantine', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      await rejected(store, run.id)
      await reported(store, run.id, 't1', { transcript: 'present' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'confirmed' })
    })

    test('[RV8] the same rejection again gets the same answer; of a token that it never had it is refused', async () => {
      await using store = await open()
      await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      const first = await rejected(store, run.id)
      const before = await everythingIn(store)
      expect(await rejected(store, run.id)).toEqual(first)
      for (const token of ['other', '', '\ud800'])
        expectRefused(await rejected(store, run.id, token), 'token_not_found')
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RV8] a rejection of a run that was replaced changes nothing', async () => {
      await using store = await open()
      await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      await lapsed(store, run.id)
      await store.claimRun(claimOf('a'))
      const before = await everythingIn(store)
      expectRefused(await rejected(store, run.id), 'lease_lost')
      expect(await everythingIn(store)).toEqual(before)
    })
  })
}
