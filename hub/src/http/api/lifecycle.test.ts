import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN, type Answered } from '../contract/door-world.ts'

interface Sent {
  readonly id: string
  readonly what: string
  readonly body?: object
  readonly token?: string
}

function send(world: DoorWorld, { id, what, body = {}, token = ROOT_TOKEN }: Sent): Promise<Answered> {
  return world.ask({ method: 'POST', path: `/api/sessions/${id}/${what}`, body, token })
}

async function metadata(world: DoorWorld, id: string): Promise<object> {
  const record = await world.store.readSession({ namespace: 'default', session: id })
  return { ...record?.metadata }
}

const BORN = { path: '/work', host: 'box', flavor: 'claude', claudeSessionId: RESUME_TOKEN }

describe('archiving', () => {
  test('[WI2] [WI5] writes the lifecycle fields and nothing else', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const { token } = await world.device('agent')
    const answer = await send(world, { id, what: 'archive', body: { reason: 'it is done' }, token })
    expect(answer.body).toMatchObject({ result: 'success', version: 2 })
    const archived = { lifecycleState: 'archived', archivedBy: 'a agent', archiveReason: 'it is done' }
    expect(await metadata(world, id)).toEqual({ ...BORN, ...archived, lifecycleStateSince: world.time })
    const history = await world.store.sessionHistory({ namespace: 'default', session: id, limit: 1 })
    expect(history?.items[0]).toMatchObject({ op: 'patch', reason: 'it is done' })
  })

  test('[WI5] with the root token is done by the operator, and takes an older reason away', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ archiveReason: 'of long ago' })
    await send(world, { id, what: 'archive' })
    const archived = { lifecycleState: 'archived', archivedBy: 'operator', lifecycleStateSince: world.time }
    expect(await metadata(world, id)).toEqual({ ...BORN, ...archived })
  })

  test('[RI6] [ME10] archiving a second time changes nothing, whoever does it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await send(world, { id, what: 'archive', body: { reason: 'first' } })
    const before = await metadata(world, id)
    world.time += 1000
    const { token } = await world.device('agent')
    const answer = await send(world, { id, what: 'archive', body: { reason: 'second' }, token })
    expect(answer.body).toEqual({ result: 'success', version: 2, changed: [], kept: [] })
    expect(await metadata(world, id)).toEqual(before)
  })

  test('[RI6] reopening takes all of it away, and touches nothing else', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await send(world, { id, what: 'archive', body: { reason: 'r' } })
    const answer = await send(world, { id, what: 'reopen', body: { reason: 'needed again' } })
    expect(answer.body).toMatchObject({ result: 'success', version: 3 })
    expect(await metadata(world, id)).toEqual(BORN)
    const history = await world.store.sessionHistory({ namespace: 'default', session: id, limit: 1 })
    expect(history?.items[0]).toMatchObject({ reason: 'needed again' })
  })

  test('[RI6] reopening what is not archived changes nothing', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ lifecycleState: 'running' })
    const answer = await send(world, { id, what: 'reopen' })
    expect(answer.body).toMatchObject({ version: 1, changed: [] })
    expect(await metadata(world, id)).toEqual({ ...BORN, lifecycleState: 'running' })
  })

  test('[WI5] somebody else who changes the lifecycle meanwhile is seen', async () => {
    const other = { lifecycleState: 'archived', archivedBy: 'somebody else' }
    let overtakes = true
    await using world = await DoorWorld.open({
      store: (store) =>
        new Proxy(store, {
          get(target, name) {
            const member: unknown = Reflect.get(target, name, target)
            if (typeof member !== 'function') return member
            const method = member.bind(target) as (request: object) => Promise<unknown>
            if (name !== 'patchSessionMetadata') return method
            return async (request: object): Promise<unknown> => {
              if (overtakes) {
                overtakes = false
                await method({ ...request, patch: other, expectedVersion: undefined })
              }
              return method(request)
            }
          },
        }),
    })
    const id = await world.session()
    const answer = await send(world, { id, what: 'archive', body: { reason: 'too late' } })
    expect(answer.body).toEqual({ result: 'success', version: 2, changed: [], kept: [] })
    expect(await metadata(world, id)).toEqual({ ...BORN, ...other })
  })

  test.each(['archive', 'reopen'])('[SE2] [SE1] %s is for those who may, on what is theirs', async (what) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const viewer = (await world.device('viewer')).token
    expect(await send(world, { id, what, token: viewer })).toMatchObject({ status: 403 })
    const there = await send(world, { id, what, token: `${ROOT_TOKEN}:b` })
    const nowhere = await send(world, { id: 'none', what, token: `${ROOT_TOKEN}:b` })
    expect([there.status, there.text]).toEqual([404, nowhere.text])
    expect(await metadata(world, id)).toEqual(BORN)
  })

  test.each([{ reason: 1 }, { reason: 'x'.repeat(1025) }, { mutationId: 'mutation-0000000001' }])(
    '[WI1] %j is refused',
    async (body) => {
      await using world = await DoorWorld.open()
      const answer = await send(world, { id: await world.session(), what: 'archive', body })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )
})
