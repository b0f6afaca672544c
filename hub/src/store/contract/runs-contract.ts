import { describe, expect, test } from 'vitest'
import {
  answered,
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  ofRun,
  PLACE,
  registered,
  reported,
  RESUMABLE,
  runIdOf,
  sessionOf,
} from './test-runs.ts'
import {
  ACTOR,
  allPages,
  born,
  everythingIn,
  expectRefused,
  NAMESPACE,
  patched,
  read,
  runsOf,
  tokenOf,
  type OpenStore,
} from './test-store.ts'

const holder = (boot: number, id = 'h') => ({ holder: { id, boot } })
const list = (boot: number, runs: readonly string[]) => ({ namespace: NAMESPACE, ...holder(boot), runs })

export function runsContract(name: string, open: OpenStore): void {
  describe(`${name}: runs that are not claimed`, () => {
    test('[RU4] a run that began while the hub was away is registered, beside whoever is there', async () => {
      await using store = await open()
      const { run: first } = await claimed(store, 'a')
      const { run, contends } = await registered(store, 'a', { runId: runIdOf(1) })
      expect(run).toMatchObject({
        kind: 'registered',
        state: 'running',
        contended: true,
        token: null,
        ...PLACE,
      })
      expect(contends).toEqual([{ ...first, contended: true }])
      const before = await everythingIn(store)
      expect(await registered(store, 'a', { runId: runIdOf(1) })).toMatchObject({ run, contends: [] })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[RU4] a registration makes the session where there is none', async () => {
      await using store = await open()
      const { run } = await registered(store, 'a', { runId: runIdOf(1), metadata: { name: 'n' } })
      expect((await read(store, sessionOf(run))).metadata).toEqual({
        name: 'n',
        flavor: 'claude',
        machineId: 'm1',
        path: '/work',
      })
      expectRefused(
        await store.registerRun({ ...claimOf('a', { flavor: 'nope' }), runId: runIdOf(2) }),
        'unknown_flavor',
      )
    })

    test('[RU2] an implicit run takes the token that its session has when it ends', async () => {
      await using store = await open()
      const key = await born(store, { ...RESUMABLE })
      const { run } = await implicit(store, key)
      expect(run).toMatchObject({
        kind: 'implicit',
        state: 'running',
        token: null,
        flavor: 'claude',
        machineId: 'm1',
        runtimeId: null,
        directory: '/work',
      })
      await patched(store, key, { claudeSessionId: 't2' })
      const [ended] = await store.endRuns({
        runs: [{ namespace: NAMESPACE, run: run.id }],
        outcome: 'success',
        endedBy: 'client',
        reason: 'completed',
      })
      expect(ended).toMatchObject({ state: 'success', token: 't2', endedBy: 'client', reason: 'completed' })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ proof: 'confirmed' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ proof: 'provisional' })
      expect(await store.readFacts(key)).toMatchObject({
        token: { value: 't2', lastRun: { runId: run.id, outcome: 'success', reason: 'completed' } },
      })
    })

    test('[RU2] an implicit run of a session that names its agent later takes the token all the same', async () => {
      await using store = await open()
      const key = await born(store, {})
      const { run } = await implicit(store, key)
      expect(run.flavor).toBe(null)
      await patched(store, key, { flavor: 'claude', claudeSessionId: 't1' })
      expect((await lapsed(store, run.id))[0]).toMatchObject({ flavor: 'claude', token: 't1' })
    })

    test('[RU2] a reconnect continues the implicit run, also after its lease, but not after its end', async () => {
      await using store = await open()
      const key = await born(store, { ...RESUMABLE })
      const { run } = await implicit(store, key)
      expect((await implicit(store, key, run.id)).run).toEqual(run)
      await lapsed(store, run.id)
      expect((await implicit(store, key, run.id)).run).toMatchObject({ id: run.id, state: 'running' })
      const end = {
        runs: [{ namespace: NAMESPACE, run: run.id }],
        outcome: 'success',
        endedBy: 'client',
      } as const
      await store.endRuns(end)
      const { run: next } = await implicit(store, key, run.id)
      expect(next.id).not.toBe(run.id)
      expect(await runsOf(store, key)).toHaveLength(2)
    })

    test('[RU2] a run of another session or kind is not continued', async () => {
      await using store = await open()
      const key = await born(store, {}, { tag: 'a' })
      const { run: other } = await implicit(store, await born(store, {}))
      expect((await implicit(store, key, other.id)).run.id).not.toBe(other.id)
      const { run: claim } = await claimed(store, 'b')
      expect((await implicit(store, sessionOf(claim), claim.id)).run).toMatchObject({
        kind: 'implicit',
        contended: true,
      })
      const gone = { ...key, session: 'none', actor: ACTOR, continues: null }
      expectRefused(await store.openImplicitRun(gone), 'session_not_found')
    })

    test('[RU7] an implicit run beside a holder is opened, and both are marked', async () => {
      await using store = await open()
      const { run: first } = await claimed(store, 'a')
      const { run, contends } = await implicit(store, sessionOf(first))
      expect(run.contended).toBe(true)
      expect(contends).toEqual([{ ...first, contended: true }])
      expect((await runsOf(store, sessionOf(first))).every(({ contended }) => contended)).toBe(true)
    })

    test('[RU7] an implicit run in a conversation that another session holds is contended', async () => {
      await using store = await open()
      const { run: first } = await claimed(store, 'a')
      await reported(store, first.id, 't1')
      const { run, contends } = await implicit(store, await born(store, { ...RESUMABLE }))
      expect(run.contended).toBe(true)
      expect(contends.map(({ id }) => id)).toEqual([first.id])
      const elsewhere = await born(store, { ...RESUMABLE, machineId: 'm2' })
      expect((await implicit(store, elsewhere)).run.contended).toBe(false)
    })

    test('[RU7] an implicit run whose session gets a token that is held elsewhere is contended', async () => {
      await using store = await open()
      const { run: first } = await claimed(store, 'a')
      await reported(store, first.id, 't1')
      const key = await born(store, { flavor: 'claude', machineId: 'm1' })
      const { run } = await implicit(store, key)
      await patched(store, key, { claudeSessionId: 't2' })
      expect(await store.readRun(ofRun(first.id))).toMatchObject({ contended: false })
      await patched(store, key, { claudeSessionId: 't1' })
      expect(await store.readRun(ofRun(first.id))).toMatchObject({ contended: true })
      expect(await store.readRun(ofRun(run.id))).toMatchObject({ contended: true })
    })

    test('[RU7] an implicit run of a session that names no agent may be in every conversation of it', async () => {
      await using store = await open()
      const { run: first } = await claimed(store, 'a')
      await reported(store, first.id, 't1')
      const key = await born(store, {})
      const { run } = await implicit(store, key)
      await patched(store, key, { claudeSessionId: 't1' })
      expect(await store.readRun(ofRun(run.id))).toMatchObject({ contended: true })
      await completed(store, first.id)
      const { verdict } = await claimed(store, 'a')
      expect(verdict).toMatchObject({ decision: 'fresh', reason: 'run_in_progress' })
    })

    test('[RU7] a run that learns a token which is held elsewhere is contended, and so is the other', async () => {
      await using store = await open()
      const { run: one } = await claimed(store, 'a')
      await reported(store, one.id, 't1')
      const { run: two } = await claimed(store, 'b')
      const { run, contends } = await reported(store, two.id, 't1')
      expect(run.contended).toBe(true)
      expect(contends).toMatchObject([{ id: one.id, contended: true }])
      const { run: far } = await claimed(store, 'c', { machineId: 'm2' })
      expect((await reported(store, far.id, 't1')).run.contended).toBe(false)
      const { run: codex } = await claimed(store, 'd', { flavor: 'codex' })
      expect((await reported(store, codex.id, 't1')).run.contended).toBe(false)
    })
  })

  describe(`${name}: holders of runs`, () => {
    test("[RU3] a holder's list ends its runs that are missing, and nobody else's", async () => {
      await using store = await open()
      const kept = await claimed(store, 'a', holder(1))
      const missing = await claimed(store, 'b', holder(1))
      const others = [await claimed(store, 'c', holder(1, 'h2')), await claimed(store, 'd')]
      const tenant = await claimed(store, 'b', { ...holder(1), namespace: 'other' })
      const { ended } = answered(await store.endHolderRuns(list(1, [kept.run.id])), 'ended')
      expect(ended).toMatchObject([{ id: missing.run.id, state: 'interrupted', endedBy: 'holder' }])
      for (const { run } of [kept, ...others])
        expect(await store.readRun({ namespace: NAMESPACE, run: run.id })).toEqual(run)
      expect(await store.readRun({ namespace: 'other', run: tenant.run.id })).toEqual(tenant.run)
      expect(await store.endHolderRuns(list(1, [kept.run.id]))).toEqual({ kind: 'ended', ended: [] })
    })

    test('[RU3] what the list of a newer boot names lives on in it', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a', holder(1))
      expect(await store.endHolderRuns(list(2, [run.id]))).toEqual({ kind: 'ended', ended: [] })
      const next = await claimed(store, 'b', holder(2))
      expect(next.ended).toEqual([])
      expect(await store.readRun({ namespace: NAMESPACE, run: run.id })).toMatchObject({
        state: 'running',
        holder: { id: 'h', boot: 2 },
      })
    })

    test("[RU3] a claim of a newer boot ends the older boot's runs at once, so that it may have its key", async () => {
      await using store = await open()
      const before = await claimed(store, 'a', holder(1))
      const other = await claimed(store, 'b', holder(1, 'h2'))
      const { run, ended } = await claimed(store, 'a', holder(2))
      expect(ended).toMatchObject([{ id: before.run.id, state: 'interrupted', endedBy: 'holder' }])
      expect(run).toMatchObject({ state: 'running', holder: { id: 'h', boot: 2 } })
      expect(await store.readRun({ namespace: NAMESPACE, run: other.run.id })).toEqual(other.run)
      const same = await claimed(store, 'c', holder(2))
      expect(same.ended).toEqual([])
    })

    test('[RU3] what a claim ended is said also where the claim itself is refused', async () => {
      await using store = await open()
      const before = await claimed(store, 'a', holder(1))
      await claimed(store, 'b')
      const answer = answered(await store.claimRun(claimOf('b', holder(2))), 'held')
      expect(answer.ended).toMatchObject([{ id: before.run.id, state: 'interrupted' }])
    })

    test('[RU3] an older boot than the one that is known is not heard', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a', holder(2))
      const before = await everythingIn(store)
      expectRefused(await store.claimRun(claimOf('b', holder(1))), 'lease_lost', { field: 'holder' })
      expectRefused(await store.endHolderRuns(list(1, [])), 'lease_lost', { field: 'holder' })
      const register = { ...claimOf('b', holder(1)), runId: runIdOf(1) }
      expectRefused(await store.registerRun(register), 'lease_lost', { field: 'holder' })
      expect(await everythingIn(store)).toEqual(before)
      expect(run.state).toBe('running')
    })

    test('[RU5] a run that its holder missed by mistake is revived by its next report', async () => {
      await using store = await open()
      const { run } = await claimed(store, 'a', holder(1))
      await store.endHolderRuns(list(1, []))
      const revived = await store.reviveRun({ namespace: NAMESPACE, actor: ACTOR, run: run.id })
      expect(revived).toEqual({ kind: 'run', run, contends: [] })
    })
  })

  describe(`${name}: reading runs`, () => {
    test('[RU3] every live run of every namespace is read page by page, oldest first', async () => {
      await using store = await open()
      const live = []
      for (const namespace of ['one', 'two', 'one']) {
        const { run } = await claimed(store, `k${live.length}`, { namespace })
        live.push({ namespace, run })
      }
      const { run: over } = await claimed(store, 'over', { runId: runIdOf(1) })
      await completed(store, over.id)
      for (const limit of [1, 2, 100])
        expect(await allPages((cursor) => store.liveRuns({ limit, cursor }))).toEqual(live)
    })

    test('[WI5] the runs of a session are read newest first', async () => {
      await using store = await open()
      const ids: string[] = []
      for (let at = 0; at < 5; at += 1) {
        const { run } = await claimed(store, 'a', { runId: runIdOf(at) })
        await completed(store, run.id)
        ids.unshift(run.id)
      }
      const found = await store.readRun({ namespace: NAMESPACE, run: runIdOf(0) })
      const key = { namespace: NAMESPACE, session: found?.session ?? '' }
      for (const limit of [1, 2, 100])
        expect((await runsOf(store, key, limit)).map(({ id }) => id)).toEqual(ids)
      expect(await store.listRuns({ ...key, session: 'none', limit: 1 })).toBe(null)
      expect(await store.readRun({ namespace: NAMESPACE, run: '\ud800' })).toBe(null)
    })
  })
}
