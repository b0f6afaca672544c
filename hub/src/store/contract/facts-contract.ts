import { describe, expect, test } from 'vitest'
import { began, ended, factsOf, ran, reported, tokenFactsOf } from './known-runs.ts'
import { ACTOR, born, NAMESPACE, patched, TestClock, TOKEN_AGENTS, type OpenStore } from './test-store.ts'

const CLAUDE = { flavor: 'claude', machineId: 'm1', path: '/srv/app' }

export function factsContract(name: string, open: OpenStore): void {
  describe(`${name}: what is known of a session's token`, () => {
    test('[RV1] nothing of a session that says nothing, and all of it in one answer', async () => {
      await using store = await open()
      const key = await born(store)
      expect(await factsOf(store, key)).toEqual({
        session: key.session,
        flavor: null,
        held: null,
        token: null,
        tokenDamaged: false,
        clearedAt: null,
        workDir: null,
        directory: { state: 'unknown', at: null },
        claimant: null,
      })
      expect(await store.readFacts({ ...key, session: 'nobody' })).toBeNull()
    })

    test('[ME14] a token that came without a run: where it is, and that nothing proves it', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const facts = await factsOf(store, key, { claimant: { machineId: 'm2', runtimeId: null } })
      expect(facts).toMatchObject({
        flavor: 'claude',
        workDir: '/srv/app',
        claimant: { machineId: 'm2', runtimeId: null },
      })
      expect(facts.token).toEqual({
        value: 't1',
        proof: 'provisional',
        machineId: 'm1',
        runtimeId: null,
        directory: null,
        at: clock.time,
        transcript: { state: 'unknown', at: null, because: null },
        sharedWith: [],
        heldElsewhere: null,
        lastRun: null,
      })
    })

    test('[ME14] a token that a run reported: machine, runtime and directory of that run', async () => {
      await using store = await open()
      const run = { key: 'k', runId: 'run-1', machineId: 'm7', runtimeId: 'r7', directory: '/elsewhere' }
      const key = await ran(store, { ...run, token: 't1', outcome: 'success' })
      expect(await tokenFactsOf(store, key)).toMatchObject({
        machineId: 'm7',
        runtimeId: 'r7',
        directory: '/elsewhere',
      })
    })

    test.each(TOKEN_AGENTS)(
      '[ME2] the token of $flavor is found where it is',
      async ({ flavor, tokenField }) => {
        await using store = await open()
        const key = await born(store, { flavor, [tokenField]: `of ${flavor}` })
        expect((await tokenFactsOf(store, key)).value).toBe(`of ${flavor}`)
      },
    )

    test('[RV7] an agent is never taken for another one', async () => {
      await using store = await open()
      const key = await born(store, { flavor: 'Claude', claudeSessionId: 't1', codexSessionId: 't2' })
      expect(await factsOf(store, key)).toMatchObject({ flavor: 'Claude', token: null, clearedAt: null })
      expect((await tokenFactsOf(store, key, { flavor: 'codex' })).value).toBe('t2')
      expect((await factsOf(store, key, { flavor: 'gemini' })).token).toBeNull()
      expect((await factsOf(store, key, { flavor: 'dsh' })).token).toBeNull()
      expect(await factsOf(store, key, { flavor: '\uD800' })).toMatchObject({ token: null, clearedAt: null })
    })

    test('[RV3] a token that was cleared is told from one that never was', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { flavor: 'claude', claudeSessionId: 't1', codexSessionId: 't2' })
      expect((await factsOf(store, key)).clearedAt).toBeNull()
      const at = clock.move(1000)
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
      expect(await factsOf(store, key)).toMatchObject({ token: null, clearedAt: at })
      expect((await factsOf(store, key, { flavor: 'codex' })).clearedAt).toBeNull()
      await patched(store, key, { claudeSessionId: 't3' })
      expect(await factsOf(store, key)).toMatchObject({ token: { value: 't3' }, clearedAt: null })
    })
  })

  describe(`${name}: the last run of a token`, () => {
    test('[RV4] is the newest ended run that carried this very token', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      await ran(store, { key: 'k', runId: 'one', token: 't1', outcome: 'success' })
      clock.move(10)
      const key = await ran(store, { key: 'k', runId: 'two', token: 't1', outcome: 'interrupted' })
      const endedAt = clock.time
      clock.move(10)
      await ran(store, { key: 'k', runId: 'three', token: 't2', outcome: 'failed' })
      expect((await tokenFactsOf(store, key)).lastRun).toMatchObject({ runId: 'three', outcome: 'failed' })
      await patched(store, key, { claudeSessionId: 't1' })
      const lastRun = { runId: 'two', outcome: 'interrupted', endedAt, reason: null }
      expect((await tokenFactsOf(store, key)).lastRun).toEqual(lastRun)
      await patched(store, key, { claudeSessionId: 't4' })
      expect((await tokenFactsOf(store, key)).lastRun).toBeNull()
    })

    test('[RV4] carries what was said of its end, and a live one has none yet', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'one', token: 't1', outcome: 'success' })
      await began(store, { key: 'k', runId: 'two' })
      await reported(store, 'two', { token: 't1' })
      expect((await tokenFactsOf(store, key)).lastRun).toMatchObject({ runId: 'one', outcome: 'success' })
      await ended(store, 'two', 'failed', 'out of memory')
      expect((await tokenFactsOf(store, key)).lastRun).toMatchObject({
        runId: 'two',
        outcome: 'failed',
        reason: 'out of memory',
      })
    })

    test('[RV4] of two that were in contention, is the one that ended last', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await began(store, { key: 'k', runId: 'early' })
      await reported(store, 'early', { token: 't1' })
      await began(store, { key: 'k', runId: 'late' })
      await reported(store, 'late', { token: 't1' })
      clock.move(10)
      await ended(store, 'late', 'success')
      clock.move(10)
      await ended(store, 'early', 'interrupted')
      expect((await tokenFactsOf(store, key)).lastRun).toMatchObject({ runId: 'early' })
    })

    test('[RV4] counts in whatever session it was, on this machine and for this tenant', async () => {
      await using store = await open()
      const key = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const lastRun = async () => (await tokenFactsOf(store, key)).lastRun?.runId
      await ran(store, { key: 'a', runId: 'elsewhere', machineId: 'm2', token: 't1', outcome: 'success' })
      expect(await lastRun()).toBeUndefined()
      await ran(store, { key: 'b', runId: 'other-agent', flavor: 'codex', token: 't1', outcome: 'success' })
      expect(await lastRun()).toBeUndefined()
      await ran(store, { key: 'c', runId: 'here', token: 't1', outcome: 'cancelled' })
      expect(await lastRun()).toBe('here')
      const tenant = { namespace: 'other', actor: ACTOR }
      await began(store, { ...tenant, key: 'c', runId: 'foreign' })
      await store.reportToken({ ...tenant, run: 'foreign', token: 't1', state: 'provisional' })
      await store.endRuns({
        runs: [{ namespace: 'other', run: 'foreign' }],
        outcome: 'failed',
        endedBy: 'client',
      })
      expect(await lastRun()).toBe('here')
    })

    test('[RV4] [RV8] is not a run whose agent did not know the token', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'one', token: 't1', outcome: 'interrupted' })
      await began(store, { key: 'k', runId: 'two', directory: '/other' })
      await reported(store, 'two', { token: 't1' })
      await store.reportRejected({
        namespace: NAMESPACE,
        actor: ACTOR,
        run: 'two',
        token: 't1',
        message: 'no such',
      })
      await ended(store, 'two', 'success')
      expect(await tokenFactsOf(store, key)).toMatchObject({
        proof: 'provisional',
        lastRun: { runId: 'one', outcome: 'interrupted' },
      })
    })
  })

  describe(`${name}: the runtime of a token`, () => {
    const imported = { ...CLAUDE, claudeSessionId: 't1' }

    test('[RV5] is its own, whatever runtime carried it later', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'one', token: 't1', outcome: 'success' })
      await ran(store, { key: 'k', runId: 'two', runtimeId: 'r2', token: 't1', outcome: 'success' })
      expect((await tokenFactsOf(store, key)).runtimeId).toBe('r1')
    })

    test('[RV5] is otherwise that of the newest ended run which carried exactly this token', async () => {
      await using store = await open()
      const key = await born(store, imported, { tag: 'k' })
      await ran(store, { key: 'k', runId: 'one', runtimeId: 'r1', token: 't1', outcome: 'failed' })
      expect((await tokenFactsOf(store, key)).runtimeId).toBe('r1')
      await ran(store, { key: 'k', runId: 'two', runtimeId: null, token: 't1', outcome: 'failed' })
      expect((await tokenFactsOf(store, key)).runtimeId).toBeNull()
    })

    test('[RV5] is never taken from a run that carried another token', async () => {
      await using store = await open()
      const key = await born(store, imported, { tag: 'k' })
      await ran(store, { key: 'k', runId: 'one', runtimeId: 'r2', token: 't2', outcome: 'success' })
      await patched(store, key, { claudeSessionId: 't1' })
      expect(await tokenFactsOf(store, key)).toMatchObject({ value: 't1', runtimeId: null, lastRun: null })
      expect((await tokenFactsOf(store, key)).at).toBeGreaterThan(0)
    })
  })

  describe(`${name}: who else is in a conversation`, () => {
    test('[ME13] sessions with the same token on one machine name each other', async () => {
      await using store = await open()
      const one = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const two = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      await born(store, { ...CLAUDE, machineId: 'm2', claudeSessionId: 't1' })
      await born(store, { ...CLAUDE, flavor: 'codex', codexSessionId: 't1' })
      await born(store, { ...CLAUDE, claudeSessionId: 't1' }, { namespace: 'other' })
      expect((await tokenFactsOf(store, one)).sharedWith).toEqual([two.session])
      expect((await tokenFactsOf(store, two)).sharedWith).toEqual([one.session])
      await patched(store, two, { claudeSessionId: 't2' })
      expect((await tokenFactsOf(store, one)).sharedWith).toEqual([])
    })

    test('[ME13] a machine that is not on record may be the same one', async () => {
      await using store = await open()
      const somewhere = await born(store, { flavor: 'claude', claudeSessionId: 't1' })
      const here = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      expect((await tokenFactsOf(store, here)).sharedWith).toEqual([somewhere.session])
      expect((await tokenFactsOf(store, somewhere)).sharedWith).toEqual([here.session])
      await began(store, { key: 'k', runId: 'run', machineId: 'm9' })
      await reported(store, 'run', { token: 't1' })
      expect((await tokenFactsOf(store, here)).heldElsewhere).toBeNull()
      expect((await tokenFactsOf(store, somewhere)).heldElsewhere).toMatchObject({ runId: 'run' })
    })

    test('[RU7] a live run holds its session, unless it is the one that asks', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const since = clock.time
      const key = await began(store, { key: 'k', runId: 'run' })
      clock.move(500)
      const held = { runId: 'run', session: key.session, since, contended: false }
      expect((await factsOf(store, key)).held).toEqual(held)
      expect((await factsOf(store, key, { besides: 'run' })).held).toBeNull()
      expect((await factsOf(store, key, { besides: 'nobody' })).held).toEqual(held)
      await began(store, { key: 'k', runId: 'beside' })
      expect((await factsOf(store, key)).held).toEqual({ ...held, contended: true })
      await ended(store, 'run', 'success')
      expect((await factsOf(store, key)).held).toMatchObject({ runId: 'beside' })
      await ended(store, 'beside', 'success')
      expect((await factsOf(store, key)).held).toBeNull()
    })

    test('[ME13] [RU7] a live run of another session that carries the token holds it', async () => {
      await using store = await open()
      const key = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const other = await began(store, { key: 'k', runId: 'run' })
      expect((await tokenFactsOf(store, key)).heldElsewhere).toBeNull()
      await reported(store, 'run', { token: 't1' })
      expect((await tokenFactsOf(store, key)).heldElsewhere).toMatchObject({
        runId: 'run',
        session: other.session,
      })
      await ended(store, 'run', 'success')
      expect((await tokenFactsOf(store, key)).heldElsewhere).toBeNull()
    })

    test('[ME13] [RU7] so does a client that knows no runs, with the token that its session has', async () => {
      await using store = await open()
      const key = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const other = await born(store, { ...CLAUDE, claudeSessionId: 't1' })
      const opened = await store.openImplicitRun({ ...other, actor: ACTOR, continues: null })
      const runId = opened.kind === 'run' ? opened.run.id : 'none'
      expect((await tokenFactsOf(store, key)).heldElsewhere).toMatchObject({ runId, session: other.session })
      await patched(store, other, { claudeSessionId: 't2' })
      expect((await tokenFactsOf(store, key)).heldElsewhere).toBeNull()
    })
  })
}
