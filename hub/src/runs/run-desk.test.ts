import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { RunRecord } from '@holdfast/shared/records/run'
import { describe, expect, test } from 'vitest'
import { changed, failing } from '../socket/contract/changed-store.ts'
import {
  answered,
  claimOf,
  implicit,
  lapsed,
  PLACE,
  resumeBegun,
  runIdOf,
} from '../store/contract/test-runs.ts'
import { ACTOR, born, NAMESPACE, TestClock } from '../store/contract/test-store.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { PENDING_MS, RunDesk } from './run-desk.ts'

const LEASE_MS = 30_000
const RESUMABLE = { flavor: 'claude', machineId: 'm1', path: '/work', claudeSessionId: 'the-token-of-claude' }

interface World extends AsyncDisposable {
  readonly store: Store
  readonly clock: TestClock
  readonly lines: string[]
  /** How often each method of the store was called. */
  readonly calls: Map<string, number>
  /** A desk, as after a start of the hub. */
  readonly desk: () => Promise<RunDesk>
}

async function open(methods: (store: Store) => Partial<Store> = () => ({})): Promise<World> {
  const clock = new TestClock()
  const store = await openSqliteStore(':memory:', { now: clock.now })
  const lines: string[] = []
  const calls = new Map<string, number>()
  const note = (...said: unknown[]): void => void lines.push(JSON.stringify(said))
  const log = { debug: note, info: note, warn: note, error: note }
  const counted = new Proxy(changed(store, methods(store)), {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      calls.set(String(name), (calls.get(String(name)) ?? 0) + 1)
      return member
    },
  })
  return {
    store,
    clock,
    lines,
    calls,
    desk: () => RunDesk.open({ store: counted, log, leaseMs: LEASE_MS, elapsed: clock.now }),
    [Symbol.asyncDispose]: () => store.close(),
  }
}

const keyOf = (run: string) => ({ namespace: NAMESPACE, run })
const reportOf = (run: string) => ({ ...keyOf(run), actor: ACTOR })

async function stateOf(store: Store, run: string): Promise<Partial<RunRecord> | undefined> {
  const record = await store.readRun(keyOf(run))
  return record === null ? undefined : { state: record.state, endedBy: record.endedBy, reason: record.reason }
}

describe('a heartbeat', () => {
  test('[RU3] keeps the lease and costs the store nothing', async () => {
    await using world = await open()
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.calls.clear()
    for (let beats = 0; beats < 10; beats += 1) {
      world.clock.move(LEASE_MS - 1)
      expect(await desk.heartbeat(reportOf(run.id))).toMatchObject({ kind: 'run', run: { id: run.id } })
      await desk.sweep()
    }
    expect([...world.calls]).toEqual([])
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'running' })
  })

  test('[RU5] revives a run whose lease ran out, before a sweep and after it', async () => {
    await using world = await open()
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.clock.move(LEASE_MS)
    answered(await desk.heartbeat(reportOf(run.id)), 'run')
    await desk.sweep()
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'running' })
    world.clock.move(LEASE_MS)
    await desk.sweep()
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'interrupted', endedBy: 'lease' })
    expect(desk.live.counts.claimed).toBe(0)
    answered(await desk.heartbeat(reportOf(run.id)), 'run')
    expect([desk.leases.isHeld(keyOf(run.id)), desk.live.counts.claimed]).toEqual([true, 1])
  })

  test('[RU3] one that comes while its run is being ended is not lost', async () => {
    await using world = await open()
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.clock.move(LEASE_MS)
    const [, beat] = await Promise.all([desk.sweep(), desk.heartbeat(reportOf(run.id))])
    expect(beat).toMatchObject({ kind: 'run', run: { state: 'running' } })
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'running' })
    expect([desk.leases.isHeld(keyOf(run.id)), desk.live.counts.claimed]).toEqual([true, 1])
  })

  test('[RU5] one that comes right before a sweep is not ended by it', async () => {
    await using world = await open()
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.clock.move(LEASE_MS)
    const [beat] = await Promise.all([desk.heartbeat(reportOf(run.id)), desk.sweep()])
    expect(beat).toMatchObject({ kind: 'run', run: { state: 'running' } })
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'running' })
    expect([desk.leases.isHeld(keyOf(run.id)), desk.live.counts.claimed]).toEqual([true, 1])
  })

  test('[RU5] of a run that nobody has is refused', async () => {
    await using world = await open()
    const desk = await world.desk()
    expect(await desk.heartbeat(reportOf(runIdOf(1)))).toMatchObject({
      kind: 'refused',
      code: 'run_not_found',
    })
  })
})

describe('a sweep', () => {
  test('[RU3] ends what was not heard of, in every namespace, and nothing else, and counts it', async () => {
    await using world = await open()
    const desk = await world.desk()
    const claims = await Promise.all(
      ['a', 'b', 'c'].map(async (key) => answered(await desk.claim(claimOf(key)), 'claimed').run),
    )
    const other = answered(await desk.claim(claimOf('a', { namespace: 'other' })), 'claimed').run
    world.clock.move(LEASE_MS - 1)
    await desk.heartbeat(reportOf(claims[1]?.id ?? ''))
    world.clock.move(1)
    await desk.sweep()
    const states = await Promise.all(claims.map(({ id }) => stateOf(world.store, id)))
    expect(states.map((state) => state?.state)).toEqual(['interrupted', 'running', 'interrupted'])
    expect(await world.store.readRun({ namespace: 'other', run: other.id })).toMatchObject({
      state: 'interrupted',
      endedBy: 'lease',
    })
    expect([desk.counts.swept, desk.leases.count, desk.live.counts.claimed]).toEqual([3, 1, 1])
    expect(world.lines.filter((line) => line.includes('not heard of')).length).toBe(2)
  })

  test('[RU3] more than fit into one go are all ended', async () => {
    await using world = await open()
    const desk = await world.desk()
    const keys = Array.from({ length: 600 }, (_, at) => `k${at}`)
    await Promise.all(keys.map((key) => desk.claim(claimOf(key))))
    expect(desk.live.counts.claimed).toBe(600)
    world.clock.move(LEASE_MS)
    await desk.sweep()
    expect([desk.counts.swept, desk.leases.count, desk.live.counts.claimed]).toEqual([600, 0, 0])
    expect((await world.store.liveRuns({ limit: 10 })).items).toEqual([])
  })

  test('[RU3] is made before a claim, so that a lapsed run blocks nobody', async () => {
    await using world = await open()
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    answered(await desk.claim(claimOf('k')), 'held')
    world.clock.move(LEASE_MS)
    answered(await desk.claim(claimOf('k')), 'claimed')
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'interrupted', endedBy: 'lease' })
  })

  test('[OP5] [RU3] what could not be ended is ended by the next one', async () => {
    let isFull = true
    await using world = await open((store) => ({
      endRuns: (request) =>
        isFull ? Promise.reject(new HoldfastError('storage_full', 'full')) : store.endRuns(request),
    }))
    const desk = await world.desk()
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.clock.move(LEASE_MS)
    await expect(desk.sweep()).rejects.toThrow('full')
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'running' })
    isFull = false
    await desk.sweep()
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'interrupted' })
  })

  test('[OP5] [RU3] what can not be ended keeps nothing else from it, and nobody from a claim or a resume', async () => {
    await using world = await open((store) => ({
      giveUpResume: failing('database_damaged'),
      endRuns: (request) =>
        request.runs.some(({ namespace, run }) => namespace === 'bad' || run === runIdOf(9))
          ? failing('database_damaged')()
          : store.endRuns(request),
    }))
    const desk = await world.desk()
    const pending = await born(world.store, RESUMABLE)
    answered(await desk.beginResume({ ...pending, actor: ACTOR, runId: runIdOf(1) }), 'begun')
    world.clock.move(PENDING_MS - LEASE_MS)
    answered(await desk.claim(claimOf('k', { namespace: 'bad' })), 'claimed')
    answered(await desk.claim(claimOf('beside it', { runId: runIdOf(9) })), 'claimed')
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    world.clock.move(LEASE_MS)
    await expect(desk.sweep()).rejects.toThrow('database_damaged')
    expect(await stateOf(world.store, runIdOf(9))).toMatchObject({ state: 'running' })
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'interrupted' })
    answered(await desk.claim(claimOf('k')), 'claimed')
    answered(await desk.claim(claimOf('k', { namespace: 'bad' })), 'held')
    const other = await born(world.store, { ...RESUMABLE, claudeSessionId: 'of-another' })
    answered(await desk.beginResume({ ...other, actor: ACTOR, runId: runIdOf(2) }), 'begun')
  })

  test('[RI1] a resume that is not confirmed in time is given up, whatever was heard of it', async () => {
    await using world = await open()
    const desk = await world.desk()
    const session = await born(world.store, RESUMABLE)
    const begun = answered(await desk.beginResume({ ...session, actor: ACTOR, runId: runIdOf(1) }), 'begun')
    expect(begun.run?.state).toBe('attempt')
    world.clock.move(PENDING_MS - 1)
    answered(await desk.heartbeat(reportOf(runIdOf(1))), 'run')
    await desk.sweep()
    expect(await stateOf(world.store, runIdOf(1))).toMatchObject({ state: 'attempt' })
    world.clock.move(1)
    await desk.sweep()
    expect(await stateOf(world.store, runIdOf(1))).toMatchObject({ state: 'withdrawn' })
    expect([desk.leases.count, desk.live.counts.resume]).toEqual([0, 0])
  })
})

describe('the start of the hub', () => {
  test('[RU3] every live run has its whole lease again, and is counted in the log', async () => {
    await using world = await open()
    const before = await world.desk()
    const claims = Array.from({ length: 300 }, (_, at) => claimOf(`k${at}`))
    await Promise.all(claims.map((claim) => before.claim(claim)))
    const session = await born(world.store, RESUMABLE)
    await implicit(world.store, await born(world.store))
    await resumeBegun(world.store, session, runIdOf(1))
    world.clock.move(10 * LEASE_MS)
    const after = await world.desk()
    expect(after.live.counts).toEqual({ claimed: 300, registered: 0, implicit: 1, resume: 1 })
    expect(world.lines).toEqual([JSON.stringify(['runs are live from before', { runs: 302 }])])
    world.clock.move(LEASE_MS - 1)
    await after.sweep()
    expect(after.counts.swept).toBe(0)
    world.clock.move(1)
    await after.sweep()
    expect([after.counts.swept, await stateOf(world.store, runIdOf(1))]).toMatchObject([
      301,
      { state: 'attempt' },
    ])
    world.clock.move(PENDING_MS - LEASE_MS)
    await after.sweep()
    expect(await stateOf(world.store, runIdOf(1))).toMatchObject({ state: 'withdrawn' })
  })

  test('[RU3] what ended before is not live, and nothing is said where nothing is', async () => {
    await using world = await open()
    const before = await world.desk()
    const { run } = answered(await before.claim(claimOf('k')), 'claimed')
    await lapsed(world.store, run.id)
    const after = await world.desk()
    expect([after.leases.count, world.lines]).toEqual([0, []])
  })
})

describe('whoever listens', () => {
  test('[WI6] hears of every change of a run, also of one that comes to be contended', async () => {
    await using world = await open()
    const desk = await world.desk()
    const heard: string[] = []
    const stop = desk.onRun(({ run }) => void heard.push(`${run.kind} ${run.state} ${run.contended}`))
    const { run } = answered(await desk.claim(claimOf('k')), 'claimed')
    await desk.heartbeat(reportOf(run.id))
    await desk.openImplicit({ namespace: NAMESPACE, session: run.session, actor: ACTOR, continues: null })
    await desk.complete({ ...reportOf(run.id), outcome: 'success' })
    const told = [
      'claimed running false',
      'implicit running true',
      'claimed running true',
      'claimed success true',
    ]
    expect(heard.slice(0, 4)).toEqual(told)
    stop()
    const count = heard.length
    await desk.claim(claimOf('other'))
    expect(heard.length).toBe(count)
  })

  test('[RI4] hears that a resume failed whose agent loaded another conversation', async () => {
    await using world = await open()
    const desk = await world.desk()
    const session = await born(world.store, RESUMABLE)
    await desk.beginResume({ ...session, actor: ACTOR, runId: runIdOf(1) })
    await desk.resumeAccepted(reportOf(runIdOf(1)))
    const heard: string[] = []
    desk.onRun(({ run }) => void heard.push(run.state))
    const report = { ...reportOf(runIdOf(1)), token: 'another', state: 'confirmed' } as const
    expect(await desk.token(report)).toMatchObject({ kind: 'refused', code: 'identity_mismatch' })
    expect([heard, desk.leases.count]).toEqual([['failed'], 0])
  })

  test('[RI4] hears so too where the agent says it with its end', async () => {
    await using world = await open()
    const desk = await world.desk()
    const session = await born(world.store, RESUMABLE)
    await desk.beginResume({ ...session, actor: ACTOR, runId: runIdOf(1) })
    const heard: string[] = []
    desk.onRun(({ run }) => void heard.push(run.state))
    const end = { ...reportOf(runIdOf(1)), token: 'another', outcome: 'success' } as const
    expect(await desk.complete(end)).toMatchObject({ kind: 'refused', code: 'identity_mismatch' })
    expect([heard, desk.leases.count, desk.live.get(keyOf(runIdOf(1)))]).toEqual([['failed'], 0, null])
  })
})

describe('claims', () => {
  test('[RV4] [RV10] auto gets no token although there is one: one warning with the key, the prefix and why', async () => {
    await using world = await open()
    const desk = await world.desk()
    await born(world.store, RESUMABLE, { tag: 'k' })
    const claim = claimOf('k', { runId: runIdOf(1) })
    const { verdict } = answered(await desk.claim(claim), 'claimed')
    expect(verdict).toMatchObject({ decision: 'fresh' })
    answered(await desk.claim(claim), 'claimed')
    const warnings = world.lines.filter((line) => line.includes('no token'))
    expect(warnings).toEqual([
      JSON.stringify([
        'a claim was given no token although there is one',
        { key: 'k', token: 'the-toke…', reason: verdict.reason },
      ]),
    ])
  })

  test('[RV4] where there is none, or somebody else is in the session, nothing is to be warned of', async () => {
    await using world = await open()
    const desk = await world.desk()
    await desk.claim(claimOf('new'))
    await desk.claim(claimOf('new'))
    expect(world.lines).toEqual([])
  })

  test('[OP2] are counted by what they were told', async () => {
    await using world = await open()
    const desk = await world.desk()
    await born(world.store, RESUMABLE, { tag: 'k' })
    await desk.claim(claimOf('new'))
    await desk.claim(claimOf('new'))
    await desk.claim(claimOf('k', { intent: 'operator' }))
    await desk.claim(claimOf('x', { flavor: 'nobodys' }))
    expect(desk.counts.claims).toEqual({ resume: 0, fresh: 1, held: 1, unconfirmed: 1, refused: 1 })
  })

  test('[RU3] a newer boot of its holder ends the runs of the older one, in the lists of the desk as well', async () => {
    await using world = await open()
    const desk = await world.desk()
    const holder = { id: 'h', boot: 1 }
    const { run } = answered(await desk.claim(claimOf('a', { holder })), 'claimed')
    answered(await desk.claim(claimOf('b', { holder: { ...holder, boot: 2 } })), 'claimed')
    expect(await stateOf(world.store, run.id)).toMatchObject({ state: 'interrupted', endedBy: 'holder' })
    expect([desk.live.get(keyOf(run.id)), desk.leases.has(keyOf(run.id))]).toEqual([null, false])
    const listed = await desk.heldRuns({ namespace: NAMESPACE, holder: { id: 'h', boot: 2 }, runs: [] })
    expect(listed).toMatchObject({ kind: 'ended', ended: [{ state: 'interrupted' }] })
    expect(desk.leases.count).toBe(0)
  })

  test('[RU4] a run that began while the hub was away is registered and has a lease', async () => {
    await using world = await open()
    const desk = await world.desk()
    const request = { ...claimOf('k'), ...PLACE, runId: runIdOf(7) }
    answered(await desk.register(request), 'run')
    expect([desk.leases.isHeld(keyOf(runIdOf(7))), desk.live.counts.registered]).toEqual([true, 1])
  })

  test('[RU4] one that is repeated right before a sweep is not ended by it', async () => {
    await using world = await open()
    const desk = await world.desk()
    const request = { ...claimOf('k'), ...PLACE, runId: runIdOf(7) }
    answered(await desk.register(request), 'run')
    world.clock.move(LEASE_MS)
    const [again] = await Promise.all([desk.register(request), desk.sweep()])
    expect(again).toMatchObject({ kind: 'run', run: { state: 'running' } })
    expect(await stateOf(world.store, runIdOf(7))).toMatchObject({ state: 'running' })
    expect(desk.leases.isHeld(keyOf(runIdOf(7)))).toBe(true)
  })

  test('[RU4] nor is a claim that is repeated at the end of its lease', async () => {
    await using world = await open()
    const desk = await world.desk()
    const request = { ...claimOf('k'), runId: runIdOf(7) }
    answered(await desk.claim(request), 'claimed')
    world.clock.move(LEASE_MS - 1)
    const again = desk.claim(request)
    // Its own sweep has found nothing, and the store has not been asked yet.
    for (let turns = 0; turns < 10; turns += 1) await Promise.resolve()
    world.clock.move(1)
    await desk.sweep()
    expect(await again).toMatchObject({ kind: 'claimed', run: { state: 'running' } })
    expect(await stateOf(world.store, runIdOf(7))).toMatchObject({ state: 'running' })
    expect(desk.leases.isHeld(keyOf(runIdOf(7)))).toBe(true)
  })
})
