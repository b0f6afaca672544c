import type { TokenRecord } from '@holdfast/shared/records/token'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN, type Answered } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'

const FOUND = 'c4d1f7e8-found-on-a-disk'
const WHERE = { flavor: 'claude', token: FOUND, machineId: 'm2', runtimeId: 'rt2', reason: 'found there' }

function rebind(world: DoorWorld, id: string, body: object = WHERE, token = ROOT_TOKEN): Promise<Answered> {
  return world.ask({ method: 'POST', path: `/api/sessions/${id}/rebind`, body, token })
}

async function tokensOf(world: DoorWorld, id: string): Promise<readonly TokenRecord[]> {
  const page = await world.store.tokenHistory({ namespace: 'default', session: id, limit: 10 })
  return page?.items ?? []
}

describe('saying where a token belongs', () => {
  test('[WI5] [ME14] makes it the token of its session, provisional, and keeps the one before', async () => {
    await using world = await DoorWorld.open()
    const id = await new WorldRuns(world).wellEnded('k')
    const answer = await rebind(world, id)
    expect(answer).toMatchObject({ status: 200, body: { result: 'success' } })
    expect(answer.body['changed']).toEqual(expect.arrayContaining(['claudeSessionId', 'machineId']))
    expect(await tokensOf(world, id)).toMatchObject([
      { value: FOUND, left: 'no', proof: 'provisional', machineId: 'm2', runtimeId: 'rt2' },
      { value: RESUME_TOKEN, left: 'superseded', proof: 'confirmed', machineId: 'm1', runtimeId: 'rt1' },
    ])
    const { body } = await world.ask({ path: `/api/sessions/${id}/verdict` })
    expect(body).toMatchObject({ verdict: { decision: 'confirm', token: FOUND } })
    const history = await world.ask({ path: `/api/sessions/${id}/history?limit=1` })
    expect(history.body['entries']).toMatchObject([{ reason: 'found there', actor: { door: 'http' } }])
  })

  test('[RV8] [WI5] a person who says it again lifts the quarantine of a token', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const { id: run } = await runs.claim('k')
    const by = { namespace: 'default', actor: { door: 'http' } } as const
    const rejected = await world.store.reportRejected({ ...by, run, token: RESUME_TOKEN, message: 'no' })
    expect(rejected).toMatchObject({ kind: 'run', quarantined: true })
    await world.store.completeRun({ ...by, run, outcome: 'failed' })
    const before = await world.ask({ path: `/api/sessions/${id}/verdict` })
    expect(before.body).toMatchObject({ verdict: { decision: 'fresh', reason: 'token_quarantined' } })
    await rebind(world, id, { ...WHERE, token: RESUME_TOKEN, machineId: 'm1' })
    const after = await world.ask({ path: `/api/sessions/${id}/verdict` })
    expect(after.body).toMatchObject({ verdict: { decision: 'confirm', token: RESUME_TOKEN } })
  })

  test('[WI5] without a runtime none is on record afterwards', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const { runtimeId: _runtime, ...where } = WHERE
    expect((await rebind(world, id, where)).status).toBe(200)
    expect(await tokensOf(world, id)).toMatchObject([{ value: FOUND, runtimeId: null }, {}])
  })

  test('[WI7] while a run has the session nothing changes, and the answer says which and since when', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    world.time += 7
    const run = await runs.claim('k')
    const before = await tokensOf(world, id)
    const answer = await rebind(world, id)
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'run_in_progress', runId: run.id, session: id, since: world.time, contended: false },
    })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await tokensOf(world, id)).toEqual(before)
  })

  test('[WI7] [ME13] nor while another session has a run in that conversation', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    await runs.wellEnded('other')
    const run = await runs.claim('other')
    const id = await world.session({ claudeSessionId: FOUND })
    const answer = await rebind(world, id, { ...WHERE, token: RESUME_TOKEN, machineId: 'm1' })
    expect(answer).toMatchObject({ status: 409, body: { runId: run.id, session: run.session } })
  })

  test('[VE5] takes effect once', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const body = { ...WHERE, mutationId: 'mutation-0000000001' }
    const first = await rebind(world, id, body)
    await rebind(world, id, { ...WHERE, token: RESUME_TOKEN })
    expect((await rebind(world, id, body)).text).toBe(first.text)
    const now = (await tokensOf(world, id)).find(({ left }) => left === 'no')
    expect(now?.value).toBe(RESUME_TOKEN)
    const reused = await rebind(world, id, { ...body, machineId: 'm3' })
    expect(reused).toMatchObject({ status: 422, body: { code: 'mutation_reused' } })
  })

  test.each([
    [{ ...WHERE, flavor: 'newagent' }, 422, 'unknown_flavor'],
    [{ ...WHERE, flavor: 'dsh' }, 422, 'unknown_flavor'],
    [{ ...WHERE, token: '' }, 400, 'invalid_request'],
    [{ ...WHERE, token: ' ' }, 422, 'invalid_field'],
    [{ ...WHERE, token: 'x'.repeat(4097) }, 400, 'invalid_request'],
    [{ ...WHERE, machineId: 'a b' }, 400, 'invalid_request'],
    [{ ...WHERE, reason: '' }, 400, 'invalid_request'],
    [{ ...WHERE, runtimeId: '' }, 400, 'invalid_request'],
    [{ ...WHERE, host: 'box' }, 400, 'invalid_request'],
  ])('[WI1] %j is refused, and the token stays', async (body, status, code) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    expect(await rebind(world, id, body)).toMatchObject({ status, body: { code } })
    expect(await tokensOf(world, id)).toMatchObject([{ value: RESUME_TOKEN, left: 'no' }])
  })
})
