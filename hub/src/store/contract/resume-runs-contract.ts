import { describe, expect, test } from 'vitest'
import {
  answered,
  besidesVerdict,
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  ofRun,
  proven,
  reported,
  RESUMABLE,
  resumeBegun,
  runIdOf,
  tokenReport,
} from './test-runs.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  patched,
  read,
  runsOf,
  tokenOf,
  type OpenStore,
} from './test-store.ts'

const ARCHIVED = {
  lifecycleState: 'archived',
  lifecycleStateSince: 5,
  archivedBy: 'somebody',
  archiveReason: 'done',
} as const

const ID = runIdOf(1)

export function resumeRunsContract(name: string, open: OpenStore): void {
  describe(`${name}: a resume through the hub`, () => {
    test('[RI1] it takes the lease with the token that is asked for, and gives the facts', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const facts = await store.readFacts(key)
      const begun = await resumeBegun(store, key, ID)
      expect(begun.facts).toEqual(facts)
      expect(begun.run).toMatchObject({
        id: ID,
        session: key.session,
        kind: 'resume',
        state: 'attempt',
        token: 't1',
        machineId: 'm1',
        runtimeId: 'r1',
        directory: '/work',
      })
      expect(await store.claimRun(claimOf('a'))).toMatchObject({ kind: 'held', hold: { runId: ID } })
    })

    test('[RI1] it is a run when the runner accepted, and runs when the agent confirmed', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await patched(store, key, ARCHIVED)
      const lastRun = (await store.readFacts(key))?.token?.lastRun
      await resumeBegun(store, key, ID)
      const accepted = answered(await store.resumeAccepted(ofRun(ID)), 'run')
      expect(accepted.run.state).toBe('starting')
      expect(await store.resumeAccepted(ofRun(ID))).toEqual(accepted)
      expect((await store.readFacts({ ...key, besides: ID }))?.token?.lastRun).toEqual(lastRun)
      expect((await reported(store, ID, 't1')).run.state).toBe('starting')
      expect((await read(store, key)).metadata).toMatchObject(ARCHIVED)
      expect((await reported(store, ID, 't1', { state: 'confirmed' })).run.state).toBe('running')
      expect((await read(store, key)).metadata).not.toHaveProperty('lifecycleState')
      expect((await read(store, key)).metadata).not.toHaveProperty('archiveReason')
      const { run } = answered(await store.giveUpResume({ ...ofRun(ID), reason: 'too late' }), 'run')
      expect(run.state).toBe('running')
    })

    test('[RI1] a confirmation that overtakes the acceptance counts', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await resumeBegun(store, key, ID)
      expect((await reported(store, ID, 't1', { state: 'confirmed' })).run.state).toBe('running')
      expect(await store.resumeAccepted(ofRun(ID))).toMatchObject({ run: { state: 'running' } })
    })

    test('[RI2] 100 parallel resumes have one winner, also where two sessions have the token', async () => {
      await using store = await open()
      const one = await proven(store, 'a')
      const two = await born(store, { ...RESUMABLE })
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) =>
          store.beginResume({ ...(at % 2 === 0 ? one : two), actor: ACTOR, runId: runIdOf(at) }),
        ),
      )
      expect(answers.filter(({ kind }) => kind === 'begun')).toHaveLength(1)
      const held = answers.flatMap((answer) => (answer.kind === 'held' ? [answer.hold.runId] : []))
      expect(held).toEqual(Array.from({ length: 99 }, () => runIdOf(0)))
    })

    test('[RI2] it is refused beside a run of every kind', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run: claim } = await claimed(store, 'a')
      expect(await store.beginResume({ ...key, actor: ACTOR, runId: ID })).toMatchObject({
        kind: 'held',
        hold: { runId: claim.id },
      })
      await completed(store, claim.id)
      const { run: implied } = await implicit(store, key)
      expect(await store.beginResume({ ...key, actor: ACTOR, runId: ID })).toMatchObject({
        kind: 'held',
        hold: { runId: implied.id },
      })
    })

    test('[RI1] without a token there is nothing to take, and a run id is used once', async () => {
      await using store = await open()
      const key = await born(store, { flavor: 'claude' })
      const before = await everythingIn(store)
      expect(await resumeBegun(store, key, ID)).toMatchObject({ run: null, facts: { token: null } })
      expect(await resumeBegun(store, await born(store, {}), ID)).toMatchObject({ run: null })
      expect(await runsOf(store, key)).toEqual([])
      expect(before).toMatchObject({ records: [{ runs: [] }] })
      await claimed(store, 'a', { runId: ID })
      expectRefused(await store.beginResume({ ...key, actor: ACTOR, runId: ID }), 'id_taken')
      const none = { ...key, session: 'none', actor: ACTOR, runId: runIdOf(2) }
      expectRefused(await store.beginResume(none), 'session_not_found')
    })

    for (const step of ['attempt', 'starting'] as const) {
      test(`[RI5] given up as ${step}: lifecycle, token and archive are what they were`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        await patched(store, key, ARCHIVED)
        const before = await besidesVerdict(store, key)
        const facts = await store.readFacts(key)
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        const given = answered(await store.giveUpResume({ ...ofRun(ID), reason: 'no answer' }), 'run')
        expect(given.run).toMatchObject({
          state: step === 'attempt' ? 'withdrawn' : 'failed',
          endedBy: 'hub',
          reason: 'no answer',
        })
        expect(await besidesVerdict(store, key)).toEqual(before)
        const after = await store.readFacts(key)
        // What never was a run is no session's last run.
        const failed = { runId: ID, outcome: 'failed' }
        expect(after?.token?.lastRun).toMatchObject(
          step === 'attempt' ? { ...facts?.token?.lastRun } : failed,
        )
        expect(await store.giveUpResume({ ...ofRun(ID), reason: 'again' })).toEqual(given)
        expectRefused(await store.resumeAccepted(ofRun(ID)), 'lease_lost')
        const late = tokenReport(ID, 't1', { state: 'confirmed' })
        expectRefused(await store.reportToken(late), 'lease_lost')
        expectRefused(await store.reviveRun(ofRun(ID)), 'lease_lost')
        expect(await besidesVerdict(store, key)).toEqual(before)
      })

      test(`[RI5] a lease that ends as ${step} gives it up for good`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        const [ended] = await lapsed(store, ID)
        expect(ended?.state).toBe(step === 'attempt' ? 'withdrawn' : 'failed')
        const late = tokenReport(ID, 't1', { state: 'confirmed' })
        expectRefused(await store.reportToken(late), 'lease_lost')
      })

      test(`[RI4] another token reported as ${step} fails the run, and the token stays`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        await patched(store, key, ARCHIVED)
        const before = await besidesVerdict(store, key)
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        expectRefused(await store.reportToken(tokenReport(ID, 't2')), 'identity_mismatch')
        expect(await store.readRun(ofRun(ID))).toMatchObject({
          state: 'failed',
          endedBy: 'hub',
          reason: 'identity_mismatch',
          token: 't1',
        })
        expect(await tokenOf(store, key, 't2')).toMatchObject({ left: 'late', run: ID })
        expect(await besidesVerdict(store, key)).toEqual(before)
        expect(await store.readFacts(key)).toMatchObject({
          token: { value: 't1', lastRun: { outcome: 'failed', reason: 'identity_mismatch' } },
        })
        expectRefused(await store.reportToken(tokenReport(ID, 't1', { state: 'confirmed' })), 'lease_lost')
      })

      test(`[RV8] an agent that does not know the token as ${step} ends the resume`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        const rejected = { ...ofRun(ID), token: 't1', message: 'No conversation found' }
        expect(await store.reportRejected(rejected)).toMatchObject({
          quarantined: true,
          run: { state: 'failed', endedBy: 'hub', reason: 'agent_rejected' },
        })
        expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'quarantined' })
        expectRefused(await store.reportToken(tokenReport(ID, 't2')), 'lease_lost')
        expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
      })

      test(`[RI1] an end in success as ${step} is none: the agent never confirmed`, async () => {
        await using store = await open()
        const key = await born(store, { ...RESUMABLE })
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        const end = { ...ofRun(ID), outcome: 'success' } as const
        const first = answered(await store.completeRun(end), 'run')
        expect(first.run).toMatchObject({ state: 'failed', endedBy: 'report' })
        expect(await store.completeRun(end)).toEqual(first)
        expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'provisional' })
        expectRefused(await store.reportToken(tokenReport(ID, 't2')), 'lease_lost')
        expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
      })

      test(`[RI4] an end as ${step} that names another token is a mismatch`, async () => {
        await using store = await open()
        const key = await proven(store, 'a')
        await resumeBegun(store, key, ID)
        if (step === 'starting') await store.resumeAccepted(ofRun(ID))
        const end = { ...ofRun(ID), outcome: 'success', token: 't2' } as const
        expectRefused(await store.completeRun(end), 'identity_mismatch')
        expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't1' })
      })
    }

    test('[RU5] an attempt that was withdrawn takes nobody the newest place', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run } = await claimed(store, 'a')
      await lapsed(store, run.id)
      await resumeBegun(store, key, ID)
      expectRefused(await store.reviveRun(ofRun(run.id)), 'lease_lost')
      await store.giveUpResume({ ...ofRun(ID), reason: 'no answer' })
      expect(await store.reviveRun(ofRun(run.id))).toMatchObject({ kind: 'run', run: { state: 'running' } })
    })

    test('[RI1] once it runs it is like every other run: its agent may change the token', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      await resumeBegun(store, key, ID)
      await reported(store, ID, 't1', { state: 'confirmed' })
      expect((await reported(store, ID, 't2')).run).toMatchObject({ state: 'running', token: 't2' })
      await lapsed(store, ID)
      expect(await store.reviveRun(ofRun(ID))).toMatchObject({ run: { state: 'running' } })
      expect((await read(store, key)).metadata).toMatchObject({ claudeSessionId: 't2' })
    })
  })
}
