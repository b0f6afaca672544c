import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { Store } from '../store.ts'
import { factsOf, tokenFactsOf } from './known-runs.ts'
import { ResumeWorld, resumeStep } from './random-resumes.ts'
import {
  answered,
  claimed,
  completed,
  lapsed,
  ofRun,
  registered,
  reported,
  resumeBegun,
  runIdOf,
  sessionOf,
} from './test-runs.ts'
import { NAMESPACE, read, TestClock, type OpenStore } from './test-store.ts'

const DAY = 24 * 60 * 60 * 1000
const KEPT_DAYS = 90
const STEP = { namespace: NAMESPACE, keepEntries: 1e9, keepBytes: 1e12, limit: 100 }

/** How many runs are thrown away until there are no more to throw away. */
async function prunedAll(store: Store, step = STEP): Promise<number> {
  let gone = 0
  for (;;) {
    const { runs, more } = await store.prune(step)
    gone += runs
    if (!more) return gone
  }
}

async function isThere(store: Store, run: string): Promise<boolean> {
  return (await store.readRun({ namespace: NAMESPACE, run })) !== null
}

/** A whole life of a run; it carries the token if the session has one that may be resumed, or this one. */
async function lived(store: Store, key: string, token?: string): Promise<RunRecord> {
  const { run } = await claimed(store, key)
  if (token !== undefined) await reported(store, run.id, token, { state: 'confirmed' })
  return (await completed(store, run.id)).run
}

async function times(count: number, act: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 1) await act(n)
}

const CLAIMANTS = [null, { machineId: 'm1', runtimeId: 'r1' }, { machineId: 'm2', runtimeId: null }]

/** Everything that a verdict of these sessions is made of, and what lists and the census say of them. */
async function everyVerdict(store: Store, { namespace, sessions }: ResumeWorld): Promise<object> {
  const facts: ResumeFacts[] = []
  const shown: object[] = []
  for (const key of sessions.values()) {
    shown.push((await read(store, key)).verdict)
    for (const flavor of ['claude', 'codex'])
      for (const claimant of CLAIMANTS)
        facts.push(await factsOf(store, key, { flavor, claimant: claimant ?? undefined }))
  }
  return { facts, shown, census: await store.census({ namespace, limit: 100 }) }
}

const worldStep = fc.oneof(
  { weight: 12, arbitrary: resumeStep },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lives'), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('days'), days: fc.constantFrom(1, 60, 91) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune'), limit: fc.integer({ min: 1, max: 20 }) }) },
)

/** One conversation that is gone on with again and again, so that many runs carry its token. */
async function liveOn(world: ResumeWorld, count: number): Promise<void> {
  const place = { flavor: 'claude', machineId: 'm1', runtimeId: 'r1', directory: '/one' } as const
  await times(count, async () => {
    await world.take({ kind: 'claim', tag: 'a', ...place, isPerson: true })
    await world.take({ kind: 'token', run: 0, token: 't1', state: 'confirmed' })
    await world.take({ kind: 'complete', run: 0, outcome: 'success', token: undefined })
  })
}

export function pruneRunsContract(name: string, open: OpenStore): void {
  describe(`${name}: prune runs`, () => {
    test('[JO4] a run goes that ended long ago, where nothing depends on it', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const old = await lived(store, 'a')
      const newest = await lived(store, 'a')
      clock.move(KEPT_DAYS * DAY)
      expect(await prunedAll(store)).toBe(0)
      expect(await isThere(store, old.id)).toBe(true)
      clock.move(1)
      expect(await prunedAll(store)).toBe(1)
      expect(await isThere(store, old.id)).toBe(false)
      const listed = await store.listRuns({ ...sessionOf(newest), limit: 10 })
      expect(listed?.items.map(({ id }) => id)).toEqual([newest.id])
    })

    test('[JO4] [RU5] the newest run of a session stays, and is revived by a report however late', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const metadata = { claudeSessionId: 't1' }
      const { run } = await registered(store, 'a', { runId: runIdOf(0), metadata })
      await lapsed(store, run.id)
      const resume = await resumeBegun(store, sessionOf(run), runIdOf(1))
      await store.giveUpResume({ ...ofRun(resume.run?.id ?? ''), reason: 'no answer' })
      clock.move(1000 * DAY)
      expect(await prunedAll(store)).toBe(1)
      expect(await isThere(store, runIdOf(1))).toBe(false)
      expect(answered(await store.reviveRun(ofRun(run.id)), 'run').run.state).toBe('running')
      expect(await prunedAll(store)).toBe(0)
    })

    test('[JO4] a live run stays, and so does the one before it while that may be the newest again', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const { run } = await claimed(store, 'a')
      await lapsed(store, run.id)
      const next = await claimed(store, 'a')
      clock.move(1000 * DAY)
      expect(await prunedAll(store)).toBe(0)
      await completed(store, next.run.id)
      expect(await prunedAll(store)).toBe(1)
      expect(await isThere(store, next.run.id)).toBe(true)
    })

    test('[JO4] [RV4] the last run of a token stays, also one that was overtaken by 15 others', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const others = Array.from({ length: 15 }, (_, n) => runIdOf(n + 1))
      const slow = runIdOf(0)
      for (const runId of [slow, ...others]) {
        await registered(store, `of ${runId}`, { runId })
        await reported(store, runId, 't1')
      }
      for (const run of others) await completed(store, run)
      clock.move(1)
      const { run } = await completed(store, slow, { outcome: 'failed' })
      await lived(store, `of ${slow}`)
      clock.move(1000 * DAY)
      const before = await tokenFactsOf(store, sessionOf(run))
      expect(before.lastRun).toMatchObject({ runId: slow, outcome: 'failed' })
      await prunedAll(store)
      expect(await tokenFactsOf(store, sessionOf(run))).toEqual(before)
    })

    test('[JO4] of one conversation that is gone on with for years a bounded number of runs stays', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const { session } = await lived(store, 'a', 't1')
      const key = { namespace: NAMESPACE, session }
      const look = { flavor: 'claude', token: 't1', directory: 'present' } as const
      await store.noteEvidence({ ...key, ...look, transcript: { state: 'present', because: null } })
      await times(40, () => lived(store, 'a'))
      clock.move(1000 * DAY)
      const before = await factsOf(store, key)
      expect(await prunedAll(store)).toBe(25)
      expect(await factsOf(store, key)).toEqual(before)
      const claim = await claimed(store, 'a')
      expect(claim.verdict).toMatchObject({ decision: 'resume', token: 't1' })
    })

    test('[JO4] runs of another machine, or that the agent took for unknown, are no reason to give one up', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const first = await lived(store, 'a', 't1')
      await times(40, async (n) => {
        const machineId = n % 2 === 0 ? 'm2' : 'm1'
        await registered(store, 'a', { runId: runIdOf(n), machineId })
        await reported(store, runIdOf(n), 't1')
        if (machineId === 'm1')
          await store.reportRejected({ ...ofRun(runIdOf(n)), token: 't1', message: 'no' })
        await completed(store, runIdOf(n))
      })
      clock.move(1000 * DAY)
      await prunedAll(store)
      expect(await isThere(store, first.id)).toBe(true)
    })

    test('[JO4] a step takes a bounded number of rows, and says that there is more', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const { run } = await claimed(store, 'a')
      await times(7, (n) => reported(store, run.id, `t${n}`))
      await completed(store, run.id)
      for (let n = 0; n < 7; n += 1) await times(16, () => lived(store, 'a', `t${n}`))
      clock.move(1000 * DAY)
      const counts: number[] = []
      for (let step = 0; step < 2000; step += 1) {
        const { runs, more } = await store.prune({ ...STEP, limit: 3 })
        expect(runs).toBeLessThanOrEqual(3)
        counts.push(runs)
        if (!more && runs === 0 && !(await isThere(store, run.id))) break
      }
      expect(await isThere(store, run.id)).toBe(false)
      expect(await prunedAll(store)).toBe(0)
    })

    test('[JO4] another tenant’s runs are not touched', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const mine = await lived(store, 'a')
      await lived(store, 'a')
      clock.move(1000 * DAY)
      await store.createOrLoadSession({ namespace: 'b', tag: 'a', actor: { door: 'hub' }, metadata: {} })
      expect(await prunedAll(store, { ...STEP, namespace: 'b' })).toBe(0)
      expect(await isThere(store, mine.id)).toBe(true)
    })

    test('[JO4] whatever happened, no verdict changes by it', { timeout: 120_000 }, async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      let worlds = 0
      let gone = 0
      const compared = async (world: ResumeWorld, limit: number): Promise<void> => {
        const before = await everyVerdict(store, world)
        gone += await prunedAll(store, { ...STEP, namespace: world.namespace, limit })
        expect(await everyVerdict(store, world)).toEqual(before)
      }
      const everyStep = fc.array(worldStep, { minLength: 20, maxLength: 60, size: 'max' })
      await fc.assert(
        fc.asyncProperty(everyStep, async (steps) => {
          worlds += 1
          const world = new ResumeWorld(store, `world-${worlds}`)
          await world.open()
          for (const step of steps) {
            clock.move(1)
            if (step.kind === 'lives') await liveOn(world, step.count)
            else if (step.kind === 'days') clock.move(step.days * DAY)
            else if (step.kind === 'prune') await compared(world, step.limit)
            else await world.take(step)
          }
          clock.move(KEPT_DAYS * DAY)
          await compared(world, 50)
        }),
        { numRuns: 20 },
      )
      expect(gone).toBeGreaterThan(100)
    })
  })
}
