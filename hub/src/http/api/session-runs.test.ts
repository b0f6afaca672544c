import type { RunRecord } from '@holdfast/shared/records/run'
import { describe, expect, test } from 'vitest'
import { everyItem } from '../contract/api-lists.ts'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'

/** A session that had so many runs; their ids, the newest first. */
async function manyRuns(world: DoorWorld, count: number): Promise<{ id: string; made: string[] }> {
  const runs = new WorldRuns(world)
  const made: string[] = []
  let id = ''
  for (let at = 0; at < count; at += 1) {
    world.time += 1
    const run = await runs.claim('k')
    id = run.session
    made.unshift(run.id)
    await runs.end(run, 'success')
  }
  return { id, made }
}

describe('the runs of a session', () => {
  test('[WI5] are listed newest first, in pages of any size, and a session shows the newest 20', async () => {
    await using world = await DoorWorld.open()
    const { id, made } = await manyRuns(world, 23)
    for (const limit of [1, 7, 100]) {
      const all = await everyItem(world, `/api/sessions/${id}/runs`, { member: 'runs', limit })
      expect((all as RunRecord[]).map((run) => run.id)).toEqual(made)
    }
    const { body } = await world.ask({ path: `/api/sessions/${id}` })
    expect((body['runs'] as RunRecord[]).map((run) => run.id)).toEqual(made.slice(0, 20))
  })

  test('[WI5] a run says who had it, where, with which token, and how it ended', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const began = world.time
    const live = await runs.claim('k', { holder: { id: 'worker', boot: 3 } })
    world.time += 5
    const { body } = await world.ask({ path: `/api/sessions/${id}/runs` })
    const where = { flavor: 'claude', machineId: 'm1', runtimeId: 'rt1', directory: '/work' }
    expect(body['runs']).toEqual([
      {
        ...where,
        id: live.id,
        session: id,
        kind: 'claimed',
        state: 'running',
        token: RESUME_TOKEN,
        holder: { id: 'worker', boot: 3 },
        contended: false,
        startedAt: began,
        endedAt: null,
        endedBy: null,
        reason: null,
      },
      expect.objectContaining({ ...where, state: 'success', token: RESUME_TOKEN, endedBy: 'report' }),
    ])
  })

  test.each(['', '/runs'])('[RV10] [SE4] shows a viewer no whole token in "%s"', async (path) => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const run = await runs.claim('k', { directory: `/srv/${RESUME_TOKEN}` })
    await runs.end(run, 'interrupted', `left ${RESUME_TOKEN} alone`)
    const at = `/api/sessions/${id}${path}`
    const viewed = await world.ask({ path: at, token: (await world.device('viewer')).token })
    const whole = await world.ask({ path: at, token: (await world.device('agent')).token })
    expect(whole.text).toContain(`left ${RESUME_TOKEN} alone`)
    expect(viewed.text).not.toContain(RESUME_TOKEN)
    const [newest] = viewed.body['runs'] as RunRecord[]
    expect(newest).toMatchObject({ id: run.id, token: 'b7e5a0a2…', reason: 'left b7e5a0a2… alone' })
  })

  test('[WI5] a session that never had one shows none, and a verdict all the same', async () => {
    await using world = await DoorWorld.open()
    const { body } = await world.ask({ path: `/api/sessions/${await world.session()}` })
    expect(body).toMatchObject({ runs: [], verdict: { decision: 'confirm', token: RESUME_TOKEN } })
  })

  test('[RV10] [SE4] a session shows a viewer no whole token in its verdict', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const { token } = await world.device('viewer')
    const { body, text } = await world.ask({ path: `/api/sessions/${id}`, token })
    expect(body).toMatchObject({ verdict: { decision: 'confirm', token: 'b7e5a0a2…' } })
    expect(text).not.toContain(RESUME_TOKEN)
  })

  test('[SE2] of another tenant are those of a session that is not there', async () => {
    await using world = await DoorWorld.open()
    const id = await new WorldRuns(world).wellEnded('k')
    const token = `${ROOT_TOKEN}:b`
    const there = await world.ask({ path: `/api/sessions/${id}/runs`, token })
    const nowhere = await world.ask({ path: '/api/sessions/nobody/runs', token })
    expect([there.status, there.text]).toEqual([404, nowhere.text])
  })

  test.each(['?limit=0', '?limit=1001', '?cursor=abc', '?cursor=', '?state=running'])(
    '[SE5] H91 "%s" is refused',
    async (query) => {
      await using world = await DoorWorld.open()
      const answer = await world.ask({ path: `/api/sessions/${await world.session()}/runs${query}` })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )
})
