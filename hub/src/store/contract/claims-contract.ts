import { CHECK_IDS } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import {
  answered,
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  PLACE,
  proven,
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
  runsOf,
  TestClock,
  tokenOf,
  type OpenStore,
} from './test-store.ts'

export function claimsContract(name: string, open: OpenStore): void {
  describe(`${name}: claims`, () => {
    test('[RU4] a claim makes the session of its tag, once, and opens a run in it', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const first = await claimed(store, 'a', { runId: runIdOf(1), metadata: { name: 'n', path: '/no' } })
      expect(first).toMatchObject({ created: true, ended: [], withheld: null })
      expect(first.run).toEqual({
        id: runIdOf(1),
        session: first.run.session,
        kind: 'claimed',
        state: 'running',
        flavor: 'claude',
        token: null,
        machineId: 'm1',
        runtimeId: 'r1',
        directory: '/work',
        holder: null,
        contended: false,
        startedAt: clock.time,
        endedAt: null,
        endedBy: null,
        reason: null,
      })
      const key = sessionOf(first.run)
      expect((await read(store, key)).metadata).toEqual({
        name: 'n',
        flavor: 'claude',
        machineId: 'm1',
        path: '/work',
      })
      expect(first.verdict).toMatchObject({ decision: 'fresh', reason: 'no_token', workDir: '/work' })
      await completed(store, first.run.id)
      const second = await claimed(store, 'a', { metadata: { name: 'other' }, directory: '/elsewhere' })
      expect(second).toMatchObject({ created: false, verdict: { workDir: '/work' } })
      expect(second.run).toMatchObject({ session: key.session, directory: '/work' })
      expect(await read(store, key)).toMatchObject({ metadataVersion: 1, metadata: { name: 'n' } })
      expect((await runsOf(store, key)).map(({ id }) => id)).toEqual([second.run.id, first.run.id])
      expect(await store.readRun({ namespace: NAMESPACE, run: runIdOf(1) })).toMatchObject({
        state: 'success',
      })
    })

    test('[RU4] the token is given out where nothing speaks against it, and the run carries it', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const { run, verdict, withheld } = await claimed(store, 'a')
      expect(verdict).toMatchObject({ decision: 'resume', token: 't1', workDir: '/work' })
      expect(run).toMatchObject({ token: 't1', session: key.session })
      expect(withheld).toBe(null)
      await completed(store, run.id)
    })

    test('[RU4] a token that is not given out is not on the run, and is named as withheld', async () => {
      await using store = await open()
      await born(store, { ...RESUMABLE }, { tag: 'a' })
      const { run, verdict, withheld } = await claimed(store, 'a')
      expect(verdict).toMatchObject({ decision: 'fresh' })
      expect(verdict).not.toHaveProperty('token')
      expect(run.token).toBe(null)
      expect(withheld).toBe('t1')
    })

    test('[RU4] 100 parallel claims of one key have one winner', async () => {
      await using store = await open()
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, at) => store.claimRun(claimOf('a', { runId: runIdOf(at) }))),
      )
      const [winner, ...more] = answers.filter((answer) => answer.kind === 'claimed')
      expect(more).toEqual([])
      const held = answers.flatMap((answer) => (answer.kind === 'held' ? [answer.hold] : []))
      expect(held).toHaveLength(99)
      const { id, session, startedAt } = answered(winner ?? { kind: 'none' }, 'claimed').run
      for (const hold of held)
        expect(hold).toEqual({ runId: id, session, since: startedAt, contended: false })
      expect(await runsOf(store, { namespace: NAMESPACE, session })).toHaveLength(1)
    })

    test('[RU4] the same run id gets the same answer while it counts, and changes nothing', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const first = await claimed(store, 'a', { runId: runIdOf(1) })
      const before = await everythingIn(store)
      const again = await claimed(store, 'a', { runId: runIdOf(1) })
      expect(again).toEqual({ ...first, replayed: true })
      expect(await everythingIn(store)).toEqual(before)
      // Whatever is known by now: the answer may have been lost on its way.
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
      expect((await claimed(store, 'a', { runId: runIdOf(1) })).verdict).toEqual(first.verdict)
      await completed(store, runIdOf(1))
      expectRefused(await store.claimRun(claimOf('a', { runId: runIdOf(1) })), 'lease_lost')
    })

    test('[RU4] a repeated claim of a run whose lease ran out revives it', async () => {
      await using store = await open()
      const first = await claimed(store, 'a', { runId: runIdOf(1) })
      await lapsed(store, runIdOf(1))
      expect(await claimed(store, 'a', { runId: runIdOf(1) })).toMatchObject({
        replayed: true,
        run: first.run,
      })
      expect(await store.claimRun(claimOf('a'))).toMatchObject({ kind: 'held', hold: { runId: runIdOf(1) } })
    })

    test('[RU4] a run id of another key, agent or machine, or of a run of another kind, is taken', async () => {
      await using store = await open()
      await claimed(store, 'a', { runId: runIdOf(1) })
      const before = await everythingIn(store)
      for (const [key, more] of [
        ['b', {}],
        ['a', { flavor: 'codex' }],
        ['a', { machineId: 'm2' }],
      ] as const) {
        const answer = await store.claimRun(claimOf(key, { runId: runIdOf(1), ...more }))
        expectRefused(answer, 'id_taken', { field: 'runId' })
      }
      const register = { ...claimOf('a'), runId: runIdOf(1) }
      expectRefused(await store.registerRun(register), 'id_taken', { field: 'runId' })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU4] two tenants use the same key and run id, and neither sees the other', async () => {
      await using store = await open()
      const one = await claimed(store, 'a', { runId: runIdOf(1), namespace: 'one' })
      const two = await claimed(store, 'a', { runId: runIdOf(1), namespace: 'two' })
      expect(one.run.session).not.toBe(two.run.session)
      const before = await everythingIn(store, 'two')
      const request = { namespace: 'one', actor: ACTOR, run: runIdOf(1) }
      await store.reportToken({ ...request, token: 't1', state: 'confirmed' })
      await store.completeRun({ ...request, outcome: 'failed' })
      expect(await everythingIn(store, 'two')).toEqual(before)
      expect(await store.readRun({ namespace: 'three', run: runIdOf(1) })).toBe(null)
    })

    test('[RV7] an agent that is not known is refused before anything is made', async () => {
      await using store = await open()
      for (const flavor of ['nope', '', 'Claude', '__proto__', 'toString'])
        expectRefused(await store.claimRun(claimOf('a', { flavor })), 'unknown_flavor', { field: 'flavor' })
      expect(await store.namespaces()).toEqual([])
    })

    test('[RU4] an agent that keeps no token gets a run and begins a new conversation', async () => {
      await using store = await open()
      const { verdict } = await claimed(store, 'a', { flavor: 'dsh' })
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'no_token' })
    })

    test('[RU4] what can not be stored is refused, and nothing is made', async () => {
      await using store = await open()
      for (const more of [
        { key: '' },
        { runId: 'not an id' },
        { machineId: '' },
        { machineId: ' ' },
        { runtimeId: 'r\u0000' },
        { directory: '\ud800' },
        { directory: 'd'.repeat(5000) },
        { holder: { id: 'has spaces', boot: 1 } },
        { holder: { id: 'h', boot: -1 } },
      ]) {
        expectRefused(await store.claimRun(claimOf('a', more)), 'invalid_request')
      }
      const large = { metadata: { note: 'x'.repeat(2_000_000) } }
      expectRefused(await store.claimRun(claimOf('a', large)), 'too_large')
      expect(await store.namespaces()).toEqual([])
    })

    test('[RU7] a claim is refused beside a run of every kind, and says since when', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, {}, { tag: 'a' })
      const { run } = await implicit(store, key)
      clock.move(5000)
      const hold = { runId: run.id, session: key.session, since: run.startedAt, contended: false }
      expect(await store.claimRun(claimOf('a'))).toEqual({ kind: 'held', hold, ended: [] })
      await lapsed(store, run.id)
      await claimed(store, 'a')
    })

    test('[ME13] one conversation in two sessions is given out once at a time', async () => {
      await using store = await open()
      const one = await proven(store, 'a')
      const two = await born(store, { ...RESUMABLE }, { tag: 'b' })
      await patched(store, two, { claudeSessionId: 't1' })
      const person = {
        intent: 'operator',
        acceptRisk: ['token', 'last-run', 'runtime', 'transcript'],
      } as const
      const first = await claimed(store, 'a', { ...person })
      expect(first.run.token).toBe('t1')
      const second = await claimed(store, 'b', { ...person, acceptRisk: [...person.acceptRisk, 'directory'] })
      expect(second.verdict).toMatchObject({ decision: 'fresh', reason: 'run_in_progress' })
      expect(second.run.token).toBe(null)
      expect(first.run.session).toBe(one.session)
      expect(second.run.session).toBe(two.session)
    })

    test('[ME13] a client that knows no runs holds the conversation of its session too', async () => {
      await using store = await open()
      await proven(store, 'a')
      const two = await born(store, { ...RESUMABLE }, { tag: 'b' })
      await implicit(store, two)
      const { verdict, run } = await claimed(store, 'a')
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'run_in_progress' })
      expect(run.token).toBe(null)
    })

    test('[ME13] a claimant on another machine does not get what is held there', async () => {
      await using store = await open()
      await proven(store, 'a')
      const there = await born(store, { ...RESUMABLE, machineId: 'm2' })
      const person = { intent: 'operator', acceptRisk: CHECK_IDS } as const
      const { run: moved } = await claimed(store, 'a', { ...person, machineId: 'm2' })
      expect(moved).toMatchObject({ token: 't1', machineId: 'm2' })
      await lapsed(store, moved.id)
      await implicit(store, there)
      const second = await claimed(store, 'a', { ...person, machineId: 'm2' })
      expect(second.verdict).toMatchObject({ decision: 'fresh', reason: 'run_in_progress' })
      await completed(store, second.run.id)
      expect((await claimed(store, 'a', person)).run.token).toBe('t1')
    })

    test('[RU4] a person gets the token only after every caution was accepted, and no run before', async () => {
      await using store = await open()
      const key = await born(store, { ...RESUMABLE }, { tag: 'a' })
      const person = { intent: 'operator' } as const
      const before = await everythingIn(store)
      const asked = answered(await store.claimRun(claimOf('a', person)), 'unconfirmed')
      expect(asked.verdict).toMatchObject({ decision: 'confirm', token: 't1' })
      const risks = asked.verdict.checks.filter(({ status }) => status !== 'pass').map(({ id }) => id)
      expect(risks.length).toBeGreaterThan(1)
      const allButOne = { ...person, acceptRisk: risks.slice(1) }
      answered(await store.claimRun(claimOf('a', allButOne)), 'unconfirmed')
      expect(await everythingIn(store)).toEqual(before)
      const { run } = await claimed(store, 'a', { ...person, acceptRisk: risks })
      expect(run).toMatchObject({ token: 't1', session: key.session })
      await lapsed(store, run.id)
      // A program can accept nothing.
      const { run: ofProgram } = await claimed(store, 'a', { intent: 'auto', acceptRisk: risks })
      expect(ofProgram.token).toBe(null)
    })

    test('[RV6] what a claimant saw counts where it sits on the machine of the token', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const gone = { evidence: { transcript: 'absent', directory: 'present' } } as const
      const elsewhere = await claimed(store, 'a', { ...gone, machineId: 'm2' })
      expect(elsewhere.verdict.reason).toBe('machine_changed')
      expect(await store.readFacts(key)).toMatchObject({ token: { transcript: { state: 'present' } } })
      await lapsed(store, elsewhere.run.id)
      const { run, verdict } = await claimed(store, 'a', gone)
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'transcript_absent' })
      expect(run.token).toBe(null)
      expect(await store.readFacts(key)).toMatchObject({ token: { transcript: { state: 'absent' } } })
    })

    test('[RV6] what it saw of another token than the one that the session has by now says nothing', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const ofAnother = { evidence: { token: 't0', transcript: 'absent' } } as const
      const other = await claimed(store, 'a', ofAnother)
      expect(other.verdict.decision).toBe('resume')
      expect(await store.readFacts(key)).toMatchObject({ token: { transcript: { state: 'present' } } })
      await completed(store, other.run.id)
      const { verdict } = await claimed(store, 'a', { evidence: { ...ofAnother.evidence, token: 't1' } })
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'transcript_absent' })
    })

    test('[RV6] a directory that a claimant looked at counts where it is the one of the session', async () => {
      await using store = await open()
      const key = await proven(store, 'a')
      const gone = { evidence: { directory: 'absent' } } as const
      const other = await claimed(store, 'a', { ...gone, directory: '/other' })
      expect(other.verdict.decision).toBe('resume')
      await completed(store, other.run.id)
      const { verdict } = await claimed(store, 'a', { ...gone, directory: PLACE.directory })
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'directory_absent' })
      expect(await store.readFacts(key)).toMatchObject({ directory: { state: 'absent' } })
    })

    test('[ME14] a token that a claimed run reports is remembered with run, machine, runtime and directory', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a')
      await reported(store, run.id, 't1')
      expect(await tokenOf(store, sessionOf(run), 't1')).toMatchObject({
        run: run.id,
        machineId: 'm1',
        runtimeId: 'r1',
        proof: 'provisional',
        left: 'no',
        setBy: { ...ACTOR, run: run.id, machine: 'm1', runtime: 'r1' },
      })
    })
  })
}
