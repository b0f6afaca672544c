import type { ClassedVerdict } from '@holdfast/shared/resume/classed-verdict'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { verdictClass } from '@holdfast/shared/resume/verdict-class'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import { began, ended, factsOf, ran, reported } from './known-runs.ts'
import { ResumeWorld, resumeStep } from './random-resumes.ts'
import { implicit } from './test-runs.ts'
import { ACTOR, allPages, born, NAMESPACE, patched, read, type OpenStore } from './test-store.ts'

const CLAUDE = { flavor: 'claude', machineId: 'm1', path: '/srv/app' }

async function shown(store: Store, key: SessionKey): Promise<ClassedVerdict> {
  return (await read(store, key)).verdict
}

async function listed(store: Store, verdict: VerdictClass): Promise<string[]> {
  const items = await allPages((cursor) =>
    store.listSessions({ namespace: NAMESPACE, limit: 2, cursor, filter: { verdict } }),
  )
  return items.map(({ id }) => id)
}

/** The census says of all sessions what each says of itself. */
async function expectCounted(store: Store, { namespace, sessions }: ResumeWorld): Promise<void> {
  const counts = new Map<string, number>()
  for (const key of sessions.values()) {
    const { metadata, verdict } = await read(store, key)
    const { flavor = null, machineId = null } = metadata
    const group = JSON.stringify([flavor, machineId, verdict.class, verdict.reason])
    counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  const { items } = await store.census({ namespace, limit: 100 })
  const counted = items.map(({ flavor, machineId, class: verdict, reason, count }): [string, number] => [
    JSON.stringify([flavor, machineId, verdict, reason]),
    count,
  ])
  expect(new Map(counted)).toEqual(counts)
}

export function verdictListContract(name: string, open: OpenStore): void {
  describe(`${name}: what lists say of a verdict`, () => {
    test('[WI5] a list shows it, and those of one class', async () => {
      await using store = await open()
      const none = await born(store)
      const atRisk = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const running = await began(store, { key: 'k', runId: 'run' })
      const cleared = await born(store, { ...CLAUDE, claudeSessionId: 't2' })
      await store.clearResumeToken({ ...cleared, actor: ACTOR, flavor: 'claude' })
      const { items } = await store.listSessions({ namespace: NAMESPACE, limit: 10 })
      expect(items.map(({ id, verdict }) => [id, verdict])).toEqual([
        [cleared.session, { class: 'lost', reason: 'token_cleared' }],
        [running.session, { class: 'running', reason: 'run_in_progress' }],
        [atRisk.session, { class: 'at_risk', reason: 'run_missing' }],
        [none.session, { class: 'none', reason: 'unknown_flavor' }],
      ])
      expect(await listed(store, 'none')).toEqual([none.session])
      expect(await listed(store, 'at_risk')).toEqual([atRisk.session])
      expect(await listed(store, 'running')).toEqual([running.session])
      expect(await listed(store, 'lost')).toEqual([cleared.session])
      expect(await listed(store, 'resumable')).toEqual([])
    })

    test('[RV6] a look changes what the list says', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'run', token: 't1', outcome: 'success' })
      const token = { ...key, flavor: 'claude', token: 't1' }
      expect(await shown(store, key)).toEqual({ class: 'at_risk', reason: 'transcript_unknown' })
      await store.noteEvidence({ ...token, transcript: { state: 'present', because: null } })
      expect(await shown(store, key)).toEqual({ class: 'at_risk', reason: 'directory_unknown' })
      await store.noteEvidence({ ...token, directory: 'present' })
      expect(await shown(store, key)).toEqual({ class: 'resumable', reason: null })
      await store.noteEvidence({ ...token, transcript: { state: 'absent', because: null } })
      expect(await shown(store, key)).toEqual({ class: 'lost', reason: 'transcript_absent' })
    })

    test('[RV6] [RV7] another directory or another agent changes what the list says', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'run', token: 't1', outcome: 'success' })
      const token = { ...key, flavor: 'claude', token: 't1' }
      await store.noteEvidence({ ...token, directory: 'absent' })
      expect(await shown(store, key)).toEqual({ class: 'lost', reason: 'directory_absent' })
      await patched(store, key, { path: '/srv/moved' })
      expect(await shown(store, key)).toEqual({ class: 'at_risk', reason: 'transcript_unknown' })
      await patched(store, key, { flavor: 'codex' })
      expect(await shown(store, key)).toEqual({ class: 'none', reason: 'no_token' })
    })

    test('[ME13] sessions that come to share a token, or no longer do, both say so', async () => {
      await using store = await open()
      const one = await ran(store, { key: 'one', runId: 'run', token: 't1', outcome: 'success' })
      const transcript = { state: 'present', because: null } as const
      await store.noteEvidence({ ...one, flavor: 'claude', token: 't1', transcript, directory: 'present' })
      const two = await born(store, { ...CLAUDE, claudeSessionId: 't2' })
      expect(await shown(store, one)).toEqual({ class: 'resumable', reason: null })
      await patched(store, two, { claudeSessionId: 't1' })
      expect(await shown(store, one)).toEqual({ class: 'at_risk', reason: 'token_shared' })
      await patched(store, two, { claudeSessionId: 't3' })
      expect(await shown(store, one)).toEqual({ class: 'resumable', reason: null })
    })

    test('[ME13] [RU7] so does one whose conversation a released client was in until another token came', async () => {
      await using store = await open()
      const one = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const two = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      await implicit(store, two)
      const inUse = { class: 'running', reason: 'run_in_progress' }
      expect(await shown(store, one)).toEqual(inUse)
      await store.clearResumeToken({ ...two, actor: ACTOR, flavor: 'claude' })
      expect(await shown(store, one)).toEqual(inUse)
      await patched(store, two, { claudeSessionId: 't2' })
      expect(await shown(store, one)).toEqual({ class: 'at_risk', reason: 'run_missing' })
      await store.clearResumeToken({ ...two, actor: ACTOR, flavor: 'claude' })
      expect(await shown(store, one)).toEqual(verdictClass(await factsOf(store, one)))
    })

    test('[ME13] a session whose conversation is in use by another one is running', async () => {
      await using store = await open()
      const key = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      await began(store, { key: 'k', runId: 'run' })
      await reported(store, 'run', { token: 't1' })
      expect(await shown(store, key)).toEqual({ class: 'running', reason: 'run_in_progress' })
      await ended(store, 'run', 'failed')
      expect(await shown(store, key)).toEqual({ class: 'at_risk', reason: 'run_failed' })
    })

    test(
      '[RV9] [WI5] whatever happens, it is what the facts say, and so is the census',
      { timeout: 120_000 },
      async () => {
        await using store = await open()
        let worlds = 0
        const everyStep = fc.array(resumeStep, { minLength: 20, maxLength: 60, size: 'max' })
        await fc.assert(
          fc.asyncProperty(everyStep, async (steps) => {
            worlds += 1
            const world = new ResumeWorld(store, `world-${worlds}`)
            await world.open()
            for (const step of steps) {
              await world.take(step)
              for (const key of world.sessions.values()) {
                expect(await shown(store, key)).toEqual(verdictClass(await factsOf(store, key)))
              }
            }
            await expectCounted(store, world)
          }),
          { numRuns: 40 },
        )
      },
    )
  })
}
