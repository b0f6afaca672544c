import { changesAnswer } from '@holdfast/shared/protocol/http/changes'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'
import { failingStore } from '../contract/failing-store.ts'

async function patch(world: DoorWorld, id: string, fields: object, reason?: string): Promise<void> {
  const body = { patch: fields, ...(reason === undefined ? {} : { reason }) }
  await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body })
}

describe('the changes', () => {
  test('[FE1] come in the order of their seqs, with whole values', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'n' })
    await patch(world, id, { name: null, mood: { good: true } }, 'why not')
    const { body } = await world.ask({ path: '/api/changes?since=1' })
    const { epoch } = world.store
    const entry = { seq: 2, session: id, version: 2, at: world.time, op: 'patch' }
    const change = { ...entry, actor: { door: 'http' }, reason: 'why not', unavailable: [] }
    const changes = [{ ...change, set: { mood: { good: true } }, removed: ['name'] }]
    expect(body).toEqual({ epoch, changes, through: 2, head: 2 })
  })

  test('[FE1] followed page by page are all of them, while writes go on', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    for (let count = 0; count < 10; count += 1) await patch(world, id, { count })
    const seqs: number[] = []
    let since = 0
    let epoch = ''
    for (let page = 0; page < 50; page += 1) {
      const path = `/api/changes?since=${since}&limit=3${epoch === '' ? '' : `&epoch=${epoch}`}`
      const answer = changesAnswer.parse((await world.ask({ path })).body)
      seqs.push(...answer.changes.map(({ seq }) => seq))
      if (answer.through === answer.head) break
      ;({ through: since, epoch } = answer)
      if (page < 3) await patch(world, id, { page })
    }
    expect(seqs).toEqual(Array.from({ length: 14 }, (_, at) => at + 1))
  })

  test('[FE1] [WI7] H90 that can not be told are a 410 that says why and where to go on', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    for (let count = 0; count < 5; count += 1) await patch(world, id, { count })
    await world.store.prune({ namespace: 'default', keepEntries: 2, keepBytes: 1e9, limit: 10 })
    const { epoch } = world.store
    const at = { epoch, floor: 4, head: 6 }
    for (const [query, because] of [
      ['since=0', 'pruned'],
      ['since=7', 'ahead'],
      ['since=6&epoch=another', 'epoch'],
    ]) {
      const { status, body } = await world.ask({ path: `/api/changes?${query}` })
      const said = { error: expect.stringContaining('go on after 6'), code: 'too_far_behind', because }
      expect([status, body]).toEqual([410, { ...said, ...at }])
    }
  })

  test('[FE1] that can not be read are a 410 too', async () => {
    const page = { kind: 'too_far_behind', because: 'damaged', epoch: 'e', floor: 0, head: 3 }
    await using world = await DoorWorld.open({
      store: (store) => failingStore(store, 'readFeed', async () => page),
    })
    const answer = await world.ask({ path: '/api/changes' })
    expect(answer).toMatchObject({ status: 410, body: { because: 'damaged', head: 3 } })
  })

  test('[SE4] show a viewer no whole token', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await patch(world, id, { claudeSessionId: 'the-second-token' }, `instead of ${RESUME_TOKEN}`)
    await patch(world, id, { note: `not ${RESUME_TOKEN}`, list: ['the-second-token'] })
    const viewer = await world.ask({ path: '/api/changes', token: (await world.device('viewer')).token })
    for (const secret of [RESUME_TOKEN, 'the-second-token']) expect(viewer.text).not.toContain(secret)
    expect(viewer.text).toContain('"note":"not b7e5a0a2…"')
    expect((await world.ask({ path: '/api/changes' })).text).toContain(`not ${RESUME_TOKEN}`)
  })

  test('[SE2] of another tenant are not told', async () => {
    await using world = await DoorWorld.open()
    await world.session()
    const { body } = await world.ask({ path: '/api/changes', token: `${ROOT_TOKEN}:b` })
    expect(body).toEqual({ epoch: world.store.epoch, changes: [], through: 0, head: 0 })
  })

  test.each([
    'since=abc',
    'since=-1',
    'since=',
    'since=1.5',
    'since=1e3',
    'limit=0',
    'limit=1e9',
    'epoch=',
    'from=1',
  ])('[SE5] H89 H91 "%s" is refused', async (query) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ path: `/api/changes?${query}` })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})
