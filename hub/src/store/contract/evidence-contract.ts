import type { TranscriptEvidence } from '@holdfast/shared/resume/evidence'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import { began, ended, factsOf, ran, reported, tokenFactsOf } from './known-runs.ts'
import {
  ACTOR,
  born,
  everythingIn,
  NAMESPACE,
  patched,
  TestClock,
  tokenOf,
  written,
  type OpenStore,
} from './test-store.ts'

const WHOLE = { flavor: 'claude', machineId: 'm1', path: '/srv/app', claudeSessionId: 't1' }
const TOKEN = { flavor: 'claude', token: 't1' }
const PRESENT = { state: 'present', because: null } as const

/** A session whose token an agent did not know in its own place. */
async function quarantined(store: Store): Promise<SessionKey> {
  const key = await ran(store, { key: 'k', runId: 'first', token: 't1', outcome: 'success' })
  await began(store, { key: 'k', runId: 'second' })
  await reported(store, 'second', { token: 't1' })
  const said = { namespace: NAMESPACE, actor: ACTOR, token: 't1', message: 'no such conversation' }
  expect(await store.reportRejected({ ...said, run: 'second' })).toMatchObject({ quarantined: true })
  await ended(store, 'second', 'failed')
  expect((await tokenFactsOf(store, key)).proof).toBe('quarantined')
  return key
}

export function evidenceContract(name: string, open: OpenStore): void {
  describe(`${name}: what was seen of a token`, () => {
    test.each<Omit<TranscriptEvidence, 'at'>>([
      { state: 'absent', because: null },
      { state: 'ambiguous', because: null },
      { state: 'unknown', because: 'config_dir_unusable' },
      { state: 'unknown', because: 'agent_rejected' },
      PRESENT,
    ])('[RV6] a transcript is $state ($because), with the time of the look', async (transcript) => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, WHOLE)
      const at = clock.move(70)
      expect(await store.noteEvidence({ ...key, ...TOKEN, transcript })).toEqual({ noted: true })
      clock.move(70)
      expect((await tokenFactsOf(store, key)).transcript).toEqual({ ...transcript, at })
    })

    test('[RV6] the newest look counts', async () => {
      await using store = await open()
      const key = await born(store, WHOLE)
      await store.noteEvidence({ ...key, ...TOKEN, transcript: { state: 'absent', because: null } })
      await store.noteEvidence({ ...key, ...TOKEN, transcript: PRESENT })
      expect((await tokenFactsOf(store, key)).transcript.state).toBe('present')
      const unusable = { state: 'unknown', because: 'config_dir_unusable' } as const
      await store.noteEvidence({ ...key, ...TOKEN, transcript: unusable })
      expect((await tokenFactsOf(store, key)).transcript).toMatchObject(unusable)
    })

    test('[RU6] a transcript that is there confirms its token, and no other look does', async () => {
      await using store = await open()
      const key = await born(store, WHOLE)
      for (const state of ['absent', 'ambiguous', 'unknown'] as const) {
        await store.noteEvidence({ ...key, ...TOKEN, transcript: { state, because: null } })
        expect((await tokenFactsOf(store, key)).proof).toBe('provisional')
      }
      await store.noteEvidence({ ...key, ...TOKEN, transcript: PRESENT })
      expect((await tokenFactsOf(store, key)).proof).toBe('confirmed')
    })

    test('[RU6] it concerns that token alone, also one that the session had before', async () => {
      await using store = await open()
      const key = await born(store, WHOLE)
      await patched(store, key, { claudeSessionId: 't2' })
      expect(await store.noteEvidence({ ...key, ...TOKEN, transcript: PRESENT })).toEqual({ noted: true })
      expect(await tokenFactsOf(store, key)).toMatchObject({
        value: 't2',
        proof: 'provisional',
        transcript: { state: 'unknown', at: null },
      })
      await patched(store, key, { claudeSessionId: 't1' })
      expect(await tokenFactsOf(store, key)).toMatchObject({
        proof: 'confirmed',
        transcript: { state: 'present' },
      })
    })

    test('[RV6] a directory was seen where the session works; elsewhere that says nothing', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, WHOLE)
      const seen = { state: 'absent', at: clock.time }
      const unknown = { state: 'unknown', at: null }
      await store.noteEvidence({ ...key, ...TOKEN, directory: 'absent' })
      expect((await factsOf(store, key)).directory).toEqual(seen)
      await patched(store, key, { path: '/srv/other' })
      expect((await factsOf(store, key)).directory).toEqual(unknown)
      await patched(store, key, { path: '/srv/app' })
      expect((await factsOf(store, key)).directory).toEqual(seen)
      await patched(store, key, { machineId: 'm2' })
      expect((await factsOf(store, key)).directory).toEqual(unknown)
    })

    test('[RV6] of a session without a directory there is nothing to see', async () => {
      await using store = await open()
      const key = await born(store, { flavor: 'claude', claudeSessionId: 't1' })
      expect(await store.noteEvidence({ ...key, ...TOKEN, directory: 'present' })).toEqual({ noted: true })
      expect((await factsOf(store, key)).directory).toEqual({ state: 'unknown', at: null })
    })

    test('[RV6] [SE2] of a token that the session never had nothing is noted', async () => {
      await using store = await open()
      const key = await born(store, WHOLE)
      const look = { ...key, ...TOKEN, transcript: PRESENT, directory: 'absent' } as const
      const before = [await everythingIn(store), await factsOf(store, key)]
      for (const wrong of [
        { token: 't2' },
        { token: '\uD800' },
        { flavor: 'codex' },
        { session: 'nobody' },
        { namespace: 'other' },
      ]) {
        expect(await store.noteEvidence({ ...look, ...wrong })).toEqual({ noted: false })
      }
      expect([await everythingIn(store), await factsOf(store, key)]).toEqual(before)
    })
  })

  describe(`${name}: a quarantine`, () => {
    test('[RV8] is lifted by a look that finds the transcript', async () => {
      await using store = await open()
      const key = await quarantined(store)
      await store.noteEvidence({ ...key, ...TOKEN, transcript: { state: 'absent', because: null } })
      expect((await tokenFactsOf(store, key)).proof).toBe('quarantined')
      await store.noteEvidence({ ...key, ...TOKEN, transcript: PRESENT })
      expect((await tokenFactsOf(store, key)).proof).toBe('confirmed')
    })

    test('[RV8] is lifted by a person who puts the token back, also where it is there still', async () => {
      await using store = await open()
      const key = await quarantined(store)
      const { metadataVersion } = await store
        .readSession(key)
        .then((session) => session ?? { metadataVersion: 0 })
      const back = { ...key, actor: ACTOR, flavor: 'claude', value: 't1' }
      expect(written(await store.putBackToken(back))).toMatchObject({ version: metadataVersion, changed: [] })
      expect((await tokenFactsOf(store, key)).proof).toBe('provisional')
    })

    test('[RV8] is lifted by a person who puts the token back after another one', async () => {
      await using store = await open()
      const key = await quarantined(store)
      await patched(store, key, { claudeSessionId: 't2' })
      written(await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 't1' }))
      expect(await tokenFactsOf(store, key)).toMatchObject({ value: 't1', proof: 'provisional' })
    })

    test('[RV8] [VE5] is lifted once for one mutation id', async () => {
      await using store = await open()
      const key = await quarantined(store)
      const mutationId = 'put-back-once-0000'
      const back = { ...key, actor: ACTOR, flavor: 'claude', value: 't1', mutationId }
      written(await store.putBackToken(back))
      await began(store, { key: 'k', runId: 'third' })
      await reported(store, 'third', { token: 't1' })
      await store.reportRejected({
        namespace: NAMESPACE,
        actor: ACTOR,
        run: 'third',
        token: 't1',
        message: 'no',
      })
      expect(written(await store.putBackToken(back))).toMatchObject({ replayed: true })
      expect((await tokenOf(store, key, 't1')).proof).toBe('quarantined')
    })

    test('[RV8] stays where a program writes the token again', async () => {
      await using store = await open()
      const key = await quarantined(store)
      await patched(store, key, { claudeSessionId: 't2' })
      await patched(store, key, { claudeSessionId: 't1' })
      expect((await tokenFactsOf(store, key)).proof).toBe('quarantined')
    })

    test('[ME14] a token that is put back keeps the proof that it had', async () => {
      await using store = await open()
      const key = await born(store, WHOLE)
      await store.noteEvidence({ ...key, ...TOKEN, transcript: PRESENT })
      await patched(store, key, { claudeSessionId: 't2' })
      written(await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 't1' }))
      expect((await tokenFactsOf(store, key)).proof).toBe('confirmed')
    })
  })
}
