import { ApiClient } from '@holdfast/shared/client/http/api-client'
import { realOutside } from '@holdfast/shared/client/real-outside'
import { describe, expect, test } from 'vitest'
import { DoorWorld, HOST, ROOT_TOKEN } from '../contract/door-world.ts'

function clientOf(world: DoorWorld): ApiClient {
  const fetch = (url: URL, init: RequestInit): Promise<Response> => {
    const headers = { ...(init.headers as Record<string, string>), host: HOST }
    return world.door(new Request(url, { ...init, headers }), '127.0.0.1')
  }
  return new ApiClient({ url: `http://${HOST}`, token: ROOT_TOKEN, fetch, outside: realOutside })
}

describe('the client of these routes', () => {
  test('[WI5] reads, writes and undoes', async () => {
    await using world = await DoorWorld.open()
    const params = { id: await world.session({ name: 'old' }) }
    const api = clientOf(world)
    const patch = { patch: { name: 'new' }, mutationId: 'mutation-0000000001' }
    expect(await api.call('PATCH /api/sessions/:id/metadata', { params, body: patch })).toMatchObject({
      version: 2,
    })
    const { entries } = await api.call('GET /api/sessions/:id/history', { params, query: { field: 'name' } })
    expect(entries.map(({ version, changes }) => [version, changes['name']?.after])).toEqual([
      [2, 'new'],
      [1, 'old'],
    ])
    await api.call('POST /api/sessions/:id/restore', { params, body: { version: 1 } })
    const { session, tokens } = await api.call('GET /api/sessions/:id', { params })
    expect([session.metadata['name'], session.metadataVersion, tokens.length]).toEqual(['old', 3, 1])
  })

  test('[WI5] gives every item of every list', async () => {
    await using world = await DoorWorld.open()
    const made: string[] = []
    for (let count = 0; count < 7; count += 1) made.push(await world.session())
    const api = clientOf(world)
    const seen: string[] = []
    const sessions = api.items('GET /api/sessions', { query: { limit: 2, q: 'tag' } }, { most: 100 })
    for await (const { id } of sessions) seen.push(id)
    expect(seen).toEqual(made.toReversed())
  })

  test('[WI7] throws what the hub refuses, with what the hub says of it', async () => {
    await using world = await DoorWorld.open()
    const params = { id: await world.session({ name: 'theirs' }) }
    const api = clientOf(world)
    const body = { flavor: 'claude', expectedToken: 'another', reason: 'r' }
    await expect(api.call('POST /api/sessions/:id/clear-token', { params, body })).rejects.toMatchObject({
      code: 'version_mismatch',
      detail: { version: 1, conflicts: { claudeSessionId: expect.stringContaining('resume') } },
    })
    await expect(api.call('GET /api/sessions/:id', { params: { id: 'none' } })).rejects.toMatchObject({
      code: 'session_not_found',
    })
    await expect(api.call('GET /api/changes', { query: { since: 90 } })).rejects.toMatchObject({
      detail: { because: 'ahead', head: 1 },
    })
  })
})
