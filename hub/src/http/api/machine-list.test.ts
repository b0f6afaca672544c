import { describe, expect, test } from 'vitest'
import { everyItem } from '../contract/api-lists.ts'
import { DoorWorld, ROOT_TOKEN } from '../contract/door-world.ts'

async function machine(world: DoorWorld, id: string, token = ROOT_TOKEN): Promise<void> {
  const body = { id, metadata: { host: `host of ${id}` }, runnerState: { secret: 'of the runner' } }
  expect(await world.ask({ method: 'POST', path: '/cli/machines', body, token })).toMatchObject({
    status: 200,
  })
}

describe('the list of machines', () => {
  test('[WI5] says which are connected, and not what their runners say', async () => {
    await using world = await DoorWorld.open()
    await machine(world, 'm2')
    await machine(world, 'm1')
    world.presence.machineAlive({ namespace: 'default', machine: 'm2' }, 'c1')
    const { body } = await world.ask({ path: '/api/machines' })
    const same = { createdAt: world.time, updatedAt: world.time, metadataVersion: 1 }
    expect(body).toEqual({
      machines: [
        { ...same, id: 'm1', metadata: { host: 'host of m1' }, active: false, activeAt: null },
        { ...same, id: 'm2', metadata: { host: 'host of m2' }, active: true, activeAt: world.time },
      ],
      nextCursor: null,
    })
  })

  test('[WI5] paging misses and repeats nothing while machines come', async () => {
    await using world = await DoorWorld.open()
    const made = Array.from({ length: 9 }, (_, at) => `m${at}`)
    for (const id of made) await machine(world, id)
    const rows = await everyItem(world, '/api/machines', {
      member: 'machines',
      limit: 2,
      between: (page) => machine(world, `a${page}`),
    })
    expect((rows as { id: string }[]).map(({ id }) => id)).toEqual(made)
  })

  test('[SE2] holds nothing of another tenant', async () => {
    await using world = await DoorWorld.open()
    await machine(world, 'm1')
    const { body } = await world.ask({ path: '/api/machines', token: `${ROOT_TOKEN}:b` })
    expect(body).toEqual({ machines: [], nextCursor: null })
  })

  test.each(['?limit=0', '?limit=1e9', '?cursor=a%20b', '?cursor=', '?host=h'])(
    '[SE5] H91 "%s" is refused',
    async (query) => {
      await using world = await DoorWorld.open()
      const answer = await world.ask({ path: `/api/machines${query}` })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )
})
