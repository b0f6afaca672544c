import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  ofRun,
  proven,
  registered,
  rejected,
  reported,
  RESUMABLE,
  runIdOf,
  sessionOf,
} from './test-runs.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  NAMESPACE,
  patched,
  read,
  TestClock,
  tokenOf,
  type OpenStore,
} from './test-store.ts'

const holder = (boot: number, id = 'h') => ({ holder: { id, boot } })
const CLAUDES = { actor: ACTOR, flavor: 'claude' } as const
const ACCEPTED = ['transcript', 'directory', 'machine', 'runtime', 'token', 'last-run']

const BY_PERSON = { actor: { door: 'http', device: 'd2' }, flavor: 'claude' } as const

/** How a person takes the token `t1` from a session, which had `t0` at version 1. */
const TAKEN_AWAY: { readonly [what: string]: (store: Store, key: SessionKey) => Promise<unknown> } = {
  cleared: (store, key) => store.clearResumeToken({ ...key, ...BY_PERSON }),
  'put another in the place of': (store, key) => store.putBackToken({ ...key, ...BY_PERSON, value: 't0' }),
  'set to another': (store, key) => patched(store, key, { claudeSessionId: 't3' }, BY_PERSON),
  undid: (store, key) => store.restoreSession({ ...key, ...BY_PERSON, version: 1 }),
  'cleared, and then put another in the place of': async (store, key) => {
    await store.clearResumeToken({ ...key, ...BY_PERSON })
    await store.putBackToken({ ...key, ...BY_PERSON, value: 't0' })
  },
}

export function runRepeatsContract(name: string, open: OpenStore): void {
  describe(`${name}: what is said again, late or elsewhere`, () => {
    test('[RU4] [RV5] a run id that is claimed again from another runtime or by another holder is taken', async () => {
      await using store = await open()
      await proven(store, 'a')
      const { run } = await claimed(store, 'a', { runId: runIdOf(1), ...holder(1) })
      expect(run.token).toBe('t1')
      const before = await everythingIn(store)
      for (const more of [
        { runtimeId: 'r2', ...holder(1) },
        { runtimeId: null, ...holder(1) },
        { ...holder(1, 'other') },
        {},
      ]) {
        const answer = await store.claimRun(claimOf('a', { runId: runIdOf(1), ...more }))
        expectRefused(answer, 'id_taken', { field: 'runId' })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU3] [RU4] a claim that the next life of its holder repeats lives on in it, and the other runs are gone', async () => {
      await using store = await open()
      await claimed(store, 'a', { runId: runIdOf(1), ...holder(1) })
      await claimed(store, 'b', { runId: runIdOf(2), ...holder(1) })
      const again = await claimed(store, 'a', { runId: runIdOf(1), ...holder(2) })
      expect(again).toMatchObject({ replayed: true, run: { state: 'running', holder: { boot: 2 } } })
      expect(again.ended).toMatchObject([{ id: runIdOf(2), state: 'interrupted', endedBy: 'holder' }])
      expect((await claimed(store, 'c', holder(2))).ended).toEqual([])
      expect(await store.readRun(ofRun(runIdOf(1)))).toMatchObject({ state: 'running' })
      expectRefused(await store.claimRun(claimOf('d', holder(1))), 'lease_lost', { field: 'holder' })
    })

    test('[RU3] [RU4] so does a registration', async () => {
      await using store = await open()
      await registered(store, 'a', { runId: runIdOf(1), ...holder(1) })
      await claimed(store, 'b', { runId: runIdOf(2), ...holder(1) })
      const again = await registered(store, 'a', { runId: runIdOf(1), ...holder(2) })
      expect(again).toMatchObject({
        run: { state: 'running', holder: { boot: 2 } },
        ended: [{ id: runIdOf(2), state: 'interrupted' }],
      })
    })

    for (const [what, change] of [
      ['cleared', (store: Store, key: SessionKey) => store.clearResumeToken({ ...key, ...CLAUDES })],
      [
        'bound to another machine',
        (store: Store, key: SessionKey) =>
          store.rebindToken({
            ...key,
            ...CLAUDES,
            token: 't1',
            machineId: 'm2',
            runtimeId: null,
            reason: 'moved',
          }),
      ],
    ] as const) {
      test(`[RU4] a claim that is repeated after its lease gets no token that was ${what} meanwhile`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        const { run } = await claimed(store, 'a', { runId: runIdOf(1) })
        expect(run.token).toBe('t1')
        await lapsed(store, run.id)
        expect(await change(store, key)).toMatchObject({ kind: 'written' })
        expectRefused(await store.claimRun(claimOf('a', { runId: runIdOf(1) })), 'lease_lost')
      })
    }

    test('[RU5] [ME14] a token for which the session has no room is refused, and remembered', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      const key = sessionOf(run)
      for (const big of ['a', 'b', 'c', 'd']) await patched(store, key, { [big]: 'x'.repeat(250_000) })
      await patched(store, key, { e: 'x'.repeat(48_000) })
      const token = 't'.repeat(1000)
      const report = { ...ofRun(run.id), token }
      expectRefused(await store.reportToken({ ...report, state: 'confirmed' }), 'too_large')
      expect(await tokenOf(store, key, token)).toMatchObject({ left: 'late', run: run.id })
      const other = 'u'.repeat(1000)
      expectRefused(await store.completeRun({ ...report, token: other, outcome: 'success' }), 'too_large')
      expect(await tokenOf(store, key, other)).toMatchObject({ left: 'late' })
      expect(await store.readRun(ofRun(run.id))).toMatchObject({ state: 'running', token: null })
    })

    test('[RU5] a token that is reported once more after the end does not take the place of the one after it', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await reported(store, run.id, 't1')
      await reported(store, run.id, 't2')
      await completed(store, run.id)
      const before = await everythingIn(store)
      await store.reportToken({ ...ofRun(run.id), token: 't1', state: 'provisional' })
      expect((await read(store, sessionOf(run))).metadata).toMatchObject({ claudeSessionId: 't2' })
      expect(await everythingIn(store)).toEqual(before)
    })

    for (const endToken of [undefined, 't1'] as const) {
      test(`[RU5] a token that a person cleared after the end stays cleared when it is reported once more (${endToken ?? 'the end named none'})`, async () => {
        await using store = await open()
        const { run } = await claimed(store, 'a')
        await reported(store, run.id, 't1', { state: 'confirmed' })
        await completed(store, run.id, endToken === undefined ? {} : { token: endToken })
        const key = sessionOf(run)
        await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
        await reported(store, run.id, 't1', { state: 'confirmed' })
        expect((await read(store, key)).metadata).not.toHaveProperty('claudeSessionId')
        expect((await claimed(store, 'a')).verdict).toMatchObject({ reason: 'token_cleared' })
      })
    }

    test('[RU5] a token that a person put back after the end stays when the last one is reported once more', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await reported(store, run.id, 't1')
      await reported(store, run.id, 't2')
      await completed(store, run.id, { outcome: 'failed' })
      const key = sessionOf(run)
      await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 't1' })
      await reported(store, run.id, 't2', { state: 'confirmed' })
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
      // What it says of the token itself is news all the same.
      expect(await tokenOf(store, key, 't2')).toMatchObject({ proof: 'confirmed', left: 'superseded' })
    })

    test('[RV4] the last run of a token is the last also where the clock was set back', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      await proven(store, 'a')
      const first = await claimed(store, 'a')
      expect(first.run.token).toBe('t1')
      clock.move(-86_400_000)
      await lapsed(store, first.run.id)
      expect((await claimed(store, 'a')).verdict).toMatchObject({ reason: 'run_interrupted' })
    })

    test('[RV6] [RV8] a rejection elsewhere does not make a transcript that is gone or ambiguous usable', async () => {
      for (const state of ['absent', 'ambiguous'] as const) {
        await using store = await open()
        const key = await proven(store, 'a')
        const risk = { intent: 'operator', acceptRisk: ACCEPTED, runtimeId: 'r2' } as const
        const { run } = await claimed(store, 'a', risk)
        const found = { flavor: 'claude', token: 't1', transcript: { state, because: null } } as const
        await store.noteEvidence({ ...key, ...found })
        expect(await rejected(store, run.id)).toMatchObject({ quarantined: false })
        await completed(store, run.id)
        expect((await claimed(store, 'a')).verdict).toMatchObject({ reason: `transcript_${state}` })
      }
    })

    test('[RV6] a look that learned nothing does not take the place of what was seen', async () => {
      for (const state of ['absent', 'ambiguous'] as const) {
        await using store = await open()
        const key = await proven(store, 'a')
        const transcript = { state, because: null }
        await store.noteEvidence({ ...key, flavor: 'claude', token: 't1', transcript, directory: 'absent' })
        const evidence = { transcript: 'unknown', directory: 'unknown' } as const
        const next = await claimed(store, 'a', { evidence })
        expect(next.verdict).toMatchObject({ decision: 'fresh', reason: `transcript_${state}` })
        expect(await store.readFacts(key)).toMatchObject({
          token: { transcript: { state } },
          directory: { state: 'absent' },
        })
      }
    })

    for (const [what, takeAway] of Object.entries(TAKEN_AWAY)) {
      test(`[ME13] [RU7] a client that knows no runs stays in a conversation whose token a person ${what}`, async () => {
        const clock = new TestClock()
        await using store = await open({ now: clock.now })
        await proven(store, 'b')
        const key = await born(store, { ...RESUMABLE, claudeSessionId: 't0' })
        await patched(store, key, { claudeSessionId: 't1' })
        await implicit(store, key)
        clock.move(1)
        await takeAway(store, key)
        const beside = await claimed(store, 'b')
        expect(beside.verdict).toMatchObject({ decision: 'fresh', reason: 'run_in_progress' })
        await completed(store, beside.run.id)
        clock.move(1)
        await patched(store, key, { claudeSessionId: 't2' })
        expect((await claimed(store, 'b')).run.token).toBe('t1')
      })
    }

    test('[ME13] [RU7] a conversation that a client left by itself is free, whatever a person does then', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      await proven(store, 'b')
      const key = await born(store, RESUMABLE)
      await implicit(store, key)
      clock.move(1)
      await patched(store, key, { claudeSessionId: 't2' })
      clock.move(1)
      await store.putBackToken({ ...key, ...BY_PERSON, value: 't2' })
      await store.clearResumeToken({ ...key, ...BY_PERSON })
      expect((await claimed(store, 'b')).run.token).toBe('t1')
    })

    test('[RU4] a claim leaves the archive as it is until its agent confirms, and clears nothing while it is fresh', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const archive = {
        lifecycleState: 'archived',
        lifecycleStateSince: 5,
        archivedBy: 'p',
        archiveReason: 'x',
      }
      await patched(store, key, archive)
      const { run } = await claimed(store, 'a')
      expect(run).toMatchObject({ token: 't1', session: key.session })
      expect((await read(store, key)).metadata).toMatchObject(archive)
      await patched(store, key, { lifecycleStateSince: 6 })
      expect(await store.readRun(ofRun(run.id))).toMatchObject({ state: 'running' })
      await lapsed(store, run.id)
      expect((await read(store, key)).metadata).toMatchObject({ ...archive, lifecycleStateSince: 6 })
    })

    test('[RU6] [RU4] a token that is cleared while its run is live stays cleared when that run ends well', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
      expect(await store.claimRun(claimOf('a'))).toMatchObject({ kind: 'held' })
      await completed(store, run.id)
      expect((await claimed(store, 'a')).verdict).toMatchObject({
        decision: 'fresh',
        reason: 'token_cleared',
      })
      expect(NAMESPACE).toBe(key.namespace)
    })

    test('[RU2] [RU4] two agents in one session keep a token each, each with its own last run', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const codex = await claimed(store, 'a', { flavor: 'codex' })
      expect(codex.verdict).toMatchObject({ reason: 'no_token' })
      expect(await store.claimRun(claimOf('a'))).toMatchObject({ kind: 'held' })
      await reported(store, codex.run.id, 'c1', { state: 'confirmed' })
      await completed(store, codex.run.id, { outcome: 'failed' })
      expect((await read(store, key)).metadata).toMatchObject({
        flavor: 'codex',
        claudeSessionId: 't1',
        codexSessionId: 'c1',
      })
      expect((await claimed(store, 'a', { flavor: 'claude' })).run.token).toBe('t1')
    })
  })
}
