import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN, type Answered } from '../contract/door-world.ts'

const SECOND = 'c4d1f7e8-another-resume-token'
const MUTATION = 'mutation-0000000001'

function send(world: DoorWorld, id: string, what: string, body: object): Promise<Answered> {
  const method = what === 'metadata' ? 'PATCH' : 'POST'
  return world.ask({ method, path: `/api/sessions/${id}/${what}`, body })
}

async function metadata(world: DoorWorld, id: string): Promise<Record<string, unknown>> {
  const record = await world.store.readSession({ namespace: 'default', session: id })
  return { ...record?.metadata, version: record?.metadataVersion }
}

async function newestEntry(world: DoorWorld, id: string): Promise<object | undefined> {
  const page = await world.store.sessionHistory({ namespace: 'default', session: id, limit: 1 })
  return page?.items[0]
}

describe('restoring', () => {
  test('[JO3] sets chosen fields to what they were, as a new write', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'old', mood: 'good' })
    await send(world, id, 'metadata', { patch: { name: 'new', mood: 'bad' } })
    const body = { version: 1, fields: ['name'], reason: 'by mistake' }
    const answer = await send(world, id, 'restore', body)
    expect(answer.body).toEqual({ result: 'success', version: 3, changed: ['name'], kept: [] })
    expect(await metadata(world, id)).toMatchObject({ name: 'old', mood: 'bad', version: 3 })
    expect(await newestEntry(world, id)).toMatchObject({ op: 'restore', reason: 'by mistake' })
  })

  test('[JO3] sets all fields, and says what it kept and what it had to pass over', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ huge: 'x'.repeat(70_000) })
    await send(world, id, 'metadata', { patch: { huge: 1, codexSessionId: 'later', name: 'n' } })
    const answer = await send(world, id, 'restore', { version: 1 })
    const said = { result: 'success', changed: ['name'], kept: ['codexSessionId'], skipped: ['huge'] }
    expect(answer.body).toEqual({ ...said, version: 3 })
    expect(await metadata(world, id)).toMatchObject({ huge: 1, codexSessionId: 'later' })
  })

  test('[VE5] takes effect once', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'old' })
    await send(world, id, 'metadata', { patch: { name: 'new' } })
    const body = { version: 1, mutationId: MUTATION }
    const first = await send(world, id, 'restore', body)
    await send(world, id, 'metadata', { patch: { name: 'newer' } })
    expect((await send(world, id, 'restore', body)).text).toBe(first.text)
    expect(await metadata(world, id)).toMatchObject({ name: 'newer' })
    const reused = await send(world, id, 'restore', { ...body, version: 2 })
    expect(reused).toMatchObject({ status: 422, body: { code: 'mutation_reused' } })
  })

  test.each([
    [{ version: 9 }, 422, 'invalid_version'],
    [{ version: 0 }, 422, 'invalid_version'],
    [{ version: 1, fields: ['huge'] }, 409, 'not_restorable'],
    [{}, 400, 'invalid_request'],
    [{ version: '1' }, 400, 'invalid_request'],
    [{ version: 1, fields: [] }, 400, 'invalid_request'],
    [{ version: 1, field: 'name' }, 400, 'invalid_request'],
  ])('[JO3] %j is refused', async (body, status, code) => {
    await using world = await DoorWorld.open()
    const id = await world.session({ huge: 'x'.repeat(70_000) })
    await send(world, id, 'metadata', { patch: { huge: 1 } })
    expect(await send(world, id, 'restore', body)).toMatchObject({ status, body: { code } })
    expect(await metadata(world, id)).toMatchObject({ huge: 1, version: 2 })
  })

  test('[JO3] from before what is kept is refused', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ name: 'a' })
    await send(world, id, 'metadata', { patch: { name: 'b' } })
    await send(world, id, 'metadata', { patch: { name: 'c' } })
    await world.store.prune({ namespace: 'default', keepEntries: 1, keepBytes: 1e9, limit: 10 })
    const answer = await send(world, id, 'restore', { version: 1 })
    expect(answer).toMatchObject({ status: 410, body: { code: 'history_pruned', limit: 2, actual: 1 } })
  })
})

describe('giving up a token and putting it back', () => {
  test('[ME6] [WI3] clears what it names, for a reason', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const body = { flavor: 'claude', expectedToken: RESUME_TOKEN, reason: 'it is of another project' }
    const answer = await send(world, id, 'clear-token', body)
    expect(answer.body).toMatchObject({ result: 'success', version: 2, changed: ['claudeSessionId'] })
    expect(await metadata(world, id)).not.toHaveProperty('claudeSessionId')
    expect(await newestEntry(world, id)).toMatchObject({ op: 'clear', reason: 'it is of another project' })
  })

  test('[WI3] leaves another token than the one that is meant', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const body = { flavor: 'claude', expectedToken: SECOND, reason: 'r' }
    expect(await send(world, id, 'clear-token', body)).toMatchObject({
      status: 409,
      body: { code: 'version_mismatch', version: 1, conflicts: { claudeSessionId: RESUME_TOKEN } },
    })
    expect(await metadata(world, id)).toMatchObject({ claudeSessionId: RESUME_TOKEN })
  })

  test('[ME14] puts a token back, with what was paired with it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ codexSessionId: 'c1', codexSourceSessionId: 's1' })
    await send(world, id, 'metadata', { patch: { codexSessionId: 'c2' } })
    const answer = await send(world, id, 'put-back', {
      flavor: 'codex',
      value: 'c1',
      reason: 'the right one',
    })
    expect(answer.body).toMatchObject({ version: 3, changed: ['codexSessionId', 'codexSourceSessionId'] })
    expect(await metadata(world, id)).toMatchObject({ codexSessionId: 'c1', codexSourceSessionId: 's1' })
    expect(await newestEntry(world, id)).toMatchObject({ op: 'put-back', reason: 'the right one' })
  })

  test('[VE5] each takes effect once', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const clear = { flavor: 'claude', reason: 'r', mutationId: MUTATION }
    const cleared = await send(world, id, 'clear-token', clear)
    const back = { flavor: 'claude', value: RESUME_TOKEN, mutationId: 'mutation-0000000002' }
    const put = await send(world, id, 'put-back', back)
    expect((await send(world, id, 'clear-token', clear)).text).toBe(cleared.text)
    expect((await send(world, id, 'put-back', back)).text).toBe(put.text)
    expect(await metadata(world, id)).toMatchObject({ claudeSessionId: RESUME_TOKEN, version: 3 })
  })

  test.each([
    ['clear-token', { flavor: 'claude' }, 400, 'invalid_request'],
    ['clear-token', { flavor: 'claude', reason: '' }, 400, 'invalid_request'],
    ['clear-token', { flavor: 'none', reason: 'r' }, 422, 'unknown_flavor'],
    ['clear-token', { flavor: 'dsh', reason: 'r' }, 422, 'unknown_flavor'],
    ['put-back', { flavor: 'claude' }, 400, 'invalid_request'],
    ['put-back', { flavor: 'none', value: 'v' }, 422, 'unknown_flavor'],
    ['put-back', { flavor: 'claude', value: 'never had' }, 404, 'token_not_found'],
    ['put-back', { flavor: 'claude', value: 'x'.repeat(5000) }, 400, 'invalid_request'],
  ])('[WI5] %s %j is refused', async (what, body, status, code) => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    expect(await send(world, id, what, body)).toMatchObject({ status, body: { code } })
    expect(await metadata(world, id)).toMatchObject({ claudeSessionId: RESUME_TOKEN, version: 1 })
  })

  test('[SE2] in another tenant is as if the session were not there', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const token = `${ROOT_TOKEN}:b`
    const asked = { flavor: 'claude', value: RESUME_TOKEN }
    const there = await world.ask({
      method: 'POST',
      path: `/api/sessions/${id}/put-back`,
      body: asked,
      token,
    })
    const nowhere = await world.ask({
      method: 'POST',
      path: '/api/sessions/none/put-back',
      body: asked,
      token,
    })
    expect([there.status, there.text]).toEqual([404, nowhere.text])
  })
})
