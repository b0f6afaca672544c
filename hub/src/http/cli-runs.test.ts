import { describe, expect, test } from 'vitest'
import { runIdOf } from '../store/contract/test-runs.ts'
import { DoorWorld, ROOT_TOKEN } from './contract/door-world.ts'
import { claim, CLAIM, granted, post, proven, RUN } from './contract/run-requests.ts'

const TOKEN = 'the-token-of-claude'
const STANDS = { runId: RUN, state: 'running', contended: false, leaseMs: 30_000 }

async function tokenOf(world: DoorWorld, session: string): Promise<unknown> {
  const record = await world.store.readSession({ namespace: 'default', session })
  return record?.metadata?.['claudeSessionId']
}

async function silence(world: DoorWorld): Promise<void> {
  world.time += 30_000
  await world.desk.sweep()
}

describe('a heartbeat', () => {
  test('[RU5] says how the run stands, and needs no body', async () => {
    await using world = await DoorWorld.open()
    const { sessionId } = await claim(world)
    const answer = await post(world, `/cli/runs/${RUN}/heartbeat`)
    expect(granted('POST /cli/runs/:id/heartbeat', answer)).toEqual({ ...STANDS, sessionId })
  })

  test('[RU5] revives a run whose lease ran out, but not one that somebody followed', async () => {
    await using world = await DoorWorld.open()
    await claim(world)
    await silence(world)
    expect(await post(world, `/cli/runs/${RUN}/heartbeat`)).toMatchObject({ status: 200, body: STANDS })
    await silence(world)
    await claim(world, { runId: runIdOf(2) })
    expect(await post(world, `/cli/runs/${RUN}/heartbeat`)).toMatchObject({
      status: 410,
      body: { code: 'lease_lost' },
    })
  })

  test('[SE2] of what is nobody’s, or another tenant’s, is of no run', async () => {
    await using world = await DoorWorld.open()
    await claim(world)
    const gone = { status: 404, body: { code: 'run_not_found' } }
    for (const report of ['heartbeat', 'token', 'rejected', 'complete']) {
      const body = {
        heartbeat: undefined,
        token: { token: 't', state: 'confirmed' },
        rejected: { token: 't', message: 'm' },
        complete: { outcome: 'success' },
      }[report]
      for (const id of [runIdOf(9), 'a%00b', 'a'.repeat(129)])
        expect(await post(world, `/cli/runs/${id}/${report}`, body)).toMatchObject(gone)
      expect(await post(world, `/cli/runs/${RUN}/${report}`, body, `${ROOT_TOKEN}:other`)).toMatchObject(gone)
    }
  })
})

describe('a token', () => {
  test('[RU5] [RU6] is in the session with its answer, provisional until its transcript was seen', async () => {
    await using world = await DoorWorld.open()
    const { sessionId } = await claim(world)
    const report = { token: TOKEN, state: 'provisional' }
    const first = granted('POST /cli/runs/:id/token', await post(world, `/cli/runs/${RUN}/token`, report))
    expect(first).toEqual({ ...STANDS, sessionId, version: 2 })
    expect(await tokenOf(world, sessionId)).toBe(TOKEN)
    const proof = async (): Promise<unknown> =>
      (await world.store.tokenHistory({ namespace: 'default', session: sessionId, limit: 1 }))?.items[0]
        ?.proof
    expect(await proof()).toBe('provisional')
    await post(world, `/cli/runs/${RUN}/token`, { ...report, state: 'confirmed' })
    expect(await proof()).toBe('confirmed')
  })

  test('[RU5] after the lease was lost the session stays as it is, and the token is in its history', async () => {
    await using world = await DoorWorld.open()
    const { sessionId } = await claim(world)
    await silence(world)
    await claim(world, { runId: runIdOf(2) })
    const late = await post(world, `/cli/runs/${RUN}/token`, { token: TOKEN, state: 'confirmed' })
    expect(late).toMatchObject({ status: 410, body: { code: 'lease_lost' } })
    expect(await tokenOf(world, sessionId)).toBeUndefined()
    const history = await world.store.tokenHistory({ namespace: 'default', session: sessionId, limit: 9 })
    expect(history?.items).toMatchObject([{ value: TOKEN, left: 'late', run: RUN }])
  })

  test('[RU7] that somebody else carries marks both', async () => {
    await using world = await DoorWorld.open()
    await claim(world)
    await claim(world, { key: 'other', runId: runIdOf(2) })
    await post(world, `/cli/runs/${RUN}/token`, { token: TOKEN, state: 'confirmed' })
    const second = await post(world, `/cli/runs/${runIdOf(2)}/token`, { token: TOKEN, state: 'confirmed' })
    expect(second.body['contended']).toBe(true)
    expect((await post(world, `/cli/runs/${RUN}/heartbeat`)).body['contended']).toBe(true)
  })
})

describe('a rejection', () => {
  test('[RV8] [RV10] quarantines the token in its own place, and the run goes on', async () => {
    await using world = await DoorWorld.open()
    await proven(world, TOKEN)
    const evidence = { transcript: 'present', directory: 'present' }
    const { resume } = await claim(world, { evidence })
    expect(resume.decision).toBe('resume')
    const rejected = await post(world, `/cli/runs/${RUN}/rejected`, { token: TOKEN, message: 'No such.' })
    expect(granted('POST /cli/runs/:id/rejected', rejected)).toMatchObject({ ...STANDS, quarantined: true })
    expect(world.lines).toEqual([
      {
        what: 'an agent does not know the token that it was given',
        facts: { run: RUN, token: 'the-toke…', quarantined: true },
      },
    ])
    await post(world, `/cli/runs/${RUN}/complete`, { outcome: 'failed' })
    const next = await claim(world, { runId: runIdOf(3) })
    expect(next.resume).toMatchObject({ decision: 'fresh', reason: 'token_quarantined' })
  })
})

describe('an end', () => {
  test('[RU5] is the run’s own word; the same again is answered again, and another is not', async () => {
    await using world = await DoorWorld.open()
    const { sessionId } = await claim(world)
    const path = `/cli/runs/${RUN}/complete`
    const end = { outcome: 'success', token: TOKEN, workDir: '/work' }
    const over = { ...STANDS, state: 'success', sessionId }
    expect(granted('POST /cli/runs/:id/complete', await post(world, path, end))).toEqual(over)
    expect(granted('POST /cli/runs/:id/complete', await post(world, path, end))).toEqual(over)
    expect(await tokenOf(world, sessionId)).toBe(TOKEN)
    expect(await post(world, `/cli/runs/${RUN}/heartbeat`)).toMatchObject({ status: 410 })
    expect(world.desk.leases.count).toBe(0)
  })

  test('[RU4] [RV4] a run that failed or was cancelled is followed by a fresh one', async () => {
    await using world = await DoorWorld.open()
    await claim(world)
    await post(world, `/cli/runs/${RUN}/complete`, { outcome: 'cancelled', token: TOKEN, reason: 'asked to' })
    const next = await claim(world, { runId: runIdOf(2) })
    expect(next.resume).toMatchObject({ decision: 'fresh' })
    expect(next.checks.find(({ id }) => id === 'last-run')).toMatchObject({ reason: 'run_cancelled' })
  })
})

describe('a run that began while the hub was away', () => {
  test('[RU4] is registered without being judged, once, and has a lease', async () => {
    await using world = await DoorWorld.open()
    const first = await post(world, '/cli/runs', CLAIM)
    const { sessionId } = granted('POST /cli/runs', first)
    expect(first.body).toEqual({ ...STANDS, sessionId })
    expect((await post(world, '/cli/runs', CLAIM)).body).toEqual(first.body)
    expect(await post(world, '/cli/claims', { ...CLAIM, runId: runIdOf(2) })).toMatchObject({ status: 409 })
  })

  test('[RU7] is not refused beside another one: both are marked', async () => {
    await using world = await DoorWorld.open()
    await claim(world)
    const registered = await post(world, '/cli/runs', { ...CLAIM, runId: runIdOf(2) })
    expect(registered).toMatchObject({ status: 200, body: { contended: true } })
    expect((await post(world, `/cli/runs/${RUN}/heartbeat`)).body['contended']).toBe(true)
  })
})

describe('what a program says that it holds', () => {
  test('[RU3] ends the missing runs of that program at once, and nobody else’s', async () => {
    await using world = await DoorWorld.open()
    const holder = { id: 'dispatcher', boot: 7 }
    await claim(world, { key: 'a', runId: runIdOf(1), holder })
    await claim(world, { key: 'b', runId: runIdOf(2), holder })
    await claim(world, { key: 'c', runId: runIdOf(3), holder: { id: 'other', boot: 1 } })
    await claim(world, { key: 'd', runId: runIdOf(4) })
    const listed = await post(world, '/cli/runs/held', { holder, runs: [runIdOf(1), runIdOf(99)] })
    expect(granted('POST /cli/runs/held', listed)).toEqual({ ended: [runIdOf(2)] })
    const ended = await world.store.readRun({ namespace: 'default', run: runIdOf(2) })
    expect(ended).toMatchObject({ state: 'interrupted', endedBy: 'holder' })
    expect(world.desk.live.counts.claimed).toBe(3)
  })

  test('[RU3] a list of an older life than is known is refused, and ends nothing', async () => {
    await using world = await DoorWorld.open()
    await claim(world, { holder: { id: 'dispatcher', boot: 7 } })
    const old = await post(world, '/cli/runs/held', { holder: { id: 'dispatcher', boot: 6 }, runs: [] })
    expect(old).toMatchObject({ status: 410, body: { code: 'lease_lost' } })
    expect(world.desk.live.counts.claimed).toBe(1)
  })
})

test('[SE1] a viewer reports nothing', async () => {
  await using world = await DoorWorld.open()
  await claim(world)
  const { token } = await world.device('viewer')
  for (const path of [
    '',
    '/held',
    `/${RUN}/heartbeat`,
    `/${RUN}/token`,
    `/${RUN}/rejected`,
    `/${RUN}/complete`,
  ])
    expect(await post(world, `/cli/runs${path}`, {}, token)).toMatchObject({ status: 403 })
})
