import { describe, expect, test } from 'vitest'
import { everyItem } from '../contract/api-lists.ts'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'

const OTHER_TOKEN = '0d4c1f7e-58aa-4b1f-8f0e-6b1d2c3e4f5a'

async function idsOf(world: DoorWorld, query: string, limit = 100): Promise<string[]> {
  const rows = await everyItem(world, `/api/sessions${query}`, { member: 'sessions', limit })
  return (rows as { id: string }[]).map(({ id }) => id)
}

interface Zoo {
  readonly alive: string
  readonly idle: string
  readonly away: string
}

async function zoo(world: DoorWorld): Promise<Zoo> {
  const alive = await world.session({ name: 'Ünder way', machineId: 'm1' })
  const idle = await world.session({ flavor: 'codex', path: '/srv/billing', machineId: 'm1' })
  const away = await world.session({ name: 'put away', lifecycleState: 'archived' })
  world.alive(alive)
  world.alive(away)
  return { alive, idle, away }
}

const QUERIES: readonly (readonly [string, (zoo: Zoo) => readonly string[]])[] = [
  ['', ({ alive, idle, away }) => [away, idle, alive]],
  ['?state=active', ({ alive }) => [alive]],
  ['?state=inactive', ({ idle }) => [idle]],
  ['?state=archived', ({ away }) => [away]],
  ['?flavor=codex', ({ idle }) => [idle]],
  ['?machineId=m1', ({ alive, idle }) => [idle, alive]],
  ['?machineId=m1&state=active', ({ alive }) => [alive]],
  ['?q=%C3%BCNDER%20w', ({ alive }) => [alive]],
  ['?q=billing', ({ idle }) => [idle]],
  ['?q=tag%203', ({ away }) => [away]],
  ['?q=nothing', () => []],
]

describe('the list of sessions', () => {
  test.each(QUERIES)('[WI5] [WI6] "%s" gives what fits, in pages of any size', async (query, ids) => {
    await using world = await DoorWorld.open()
    const animals = await zoo(world)
    for (const limit of [1, 2, 100]) expect(await idsOf(world, query, limit)).toEqual(ids(animals))
  })

  test('[WI5] a row says where the session lives and whether it is alive', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'n', ofSomebodyElse: 1 })
    world.alive(id)
    const { body } = await world.ask({ path: '/api/sessions' })
    const metadata = { path: '/work', host: 'box', flavor: 'claude', claudeSessionId: 'b7e5a0a2…', name: 'n' }
    const verdict = { class: 'at_risk', reason: 'run_missing' }
    const row = { id, tag: 'tag 1', metadata, metadataVersion: 1, damaged: [], verdict }
    const live = { active: true, activeAt: world.time, thinking: false, thinkingAt: null }
    const times = { createdAt: world.time, updatedAt: world.time }
    expect(body).toEqual({ sessions: [{ ...row, ...live, ...times }], nextCursor: null })
  })

  test.each(['root', 'agent', 'viewer'])('[WI6] [RV10] shows a %s no whole resume token', async (role) => {
    await using world = await DoorWorld.open()
    await world.session({ name: `goes on with ${RESUME_TOKEN}` }, { tag: `key of ${RESUME_TOKEN}` })
    const token = role === 'root' ? ROOT_TOKEN : (await world.device(role)).token
    const { text } = await world.ask({ path: '/api/sessions', token })
    expect(text).not.toContain(RESUME_TOKEN)
    expect(text).toContain('"name":"goes on with b7e5a0a2…"')
  })

  test.each(['agent', 'viewer'])(
    '[WI6] [RV10] shows the role %s no token whole that the session had earlier',
    async (role) => {
      await using world = await DoorWorld.open()
      const id = await world.session({}, { tag: `key of ${RESUME_TOKEN}` })
      const patch = { claudeSessionId: OTHER_TOKEN, name: `goes on from ${RESUME_TOKEN}` }
      await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body: { patch } })
      const { token } = await world.device(role)
      for (const query of ['', '?q=goes', '?flavor=claude']) {
        const { text } = await world.ask({ path: `/api/sessions${query}`, token })
        expect(text).not.toContain(RESUME_TOKEN)
        expect(text).toContain('"name":"goes on from b7e5a0a2…"')
        expect(text).toContain('"tag":"key of b7e5a0a2…"')
      }
    },
  )

  test.each([
    ['has', RESUME_TOKEN],
    ['had', OTHER_TOKEN],
  ])('[WI6] [RV10] what is looked for is not found inside of a token that the session %s', async (_, now) => {
    await using world = await DoorWorld.open()
    const name = await world.session({ name: `goes on from ${RESUME_TOKEN}` })
    const path = await world.session({ path: `/srv/${RESUME_TOKEN}/app` })
    const tag = await world.session({}, { tag: `key ${RESUME_TOKEN}` })
    for (const id of [name, path, tag]) {
      const body = { patch: { claudeSessionId: now } }
      await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body })
    }
    const [beginning = '', ...hidden] = RESUME_TOKEN.split('-')
    expect(await idsOf(world, `?q=${beginning}`)).toEqual([tag, path, name])
    for (const part of [...hidden, RESUME_TOKEN]) expect(await idsOf(world, `?q=${part}`)).toEqual([])
    expect(await idsOf(world, '?q=app')).toEqual([path])
  })

  test('[WI5] paging misses and repeats nothing while sessions come, change and go away', async () => {
    await using world = await DoorWorld.open()
    const made: string[] = []
    for (let count = 0; count < 12; count += 1) made.push(await world.session())
    const between = async (page: number): Promise<void> => {
      await world.session()
      const path = `/api/sessions/${made[page] ?? ''}/metadata`
      await world.ask({ method: 'PATCH', path, body: { patch: { page } } })
    }
    const rows = await everyItem(world, '/api/sessions', { member: 'sessions', limit: 3, between })
    expect((rows as { id: string }[]).map(({ id }) => id)).toEqual(made.toReversed())
  })

  test('[SE2] holds nothing of another tenant', async () => {
    await using world = await DoorWorld.open()
    await zoo(world)
    const token = `${ROOT_TOKEN}:b`
    const own = await world.session({}, {}, token)
    const { body } = await world.ask({ path: '/api/sessions', token })
    expect(body).toMatchObject({ sessions: [{ id: own }], nextCursor: null })
  })

  test.each([
    '?state=running',
    '?state=',
    '?flavor=',
    '?machineId=a%20b',
    '?q=',
    `?q=${'x'.repeat(257)}`,
    '?q=%00',
    '?verdict=resume',
    '?verdict=',
    '?verdict=atRisk',
    '?limit=0',
    '?limit=-1',
    '?limit=1e9',
    '?limit=1001',
    '?limit=10abc',
    '?cursor=abc',
    '?cursor=-1',
    '?cursor=',
  ])('[SE5] H91 "%s" is refused', async (query) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ path: `/api/sessions${query}` })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})
