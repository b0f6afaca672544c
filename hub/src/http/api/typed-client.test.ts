import { ApiClient } from '@holdfast/shared/client/http/api-client'
import { realOutside } from '@holdfast/shared/client/real-outside'
import { describe, expect, test } from 'vitest'
import { DoorWorld, HOST, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'

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

  test('[WI5] [WI7] asks for verdicts, runs and the census, and is told which run is in the way', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const params = { id: await runs.wellEnded('k') }
    const api = clientOf(world)
    const { verdict } = await api.call('GET /api/sessions/:id/verdict', { params, query: { intent: 'auto' } })
    expect(verdict).toMatchObject({ decision: 'resume', token: RESUME_TOKEN })
    const seen: string[] = []
    for await (const run of api.items('GET /api/sessions/:id/runs', { params }, { most: 9 }))
      seen.push(run.state)
    for await (const group of api.items('GET /api/census', { query: { limit: 1 } }, { most: 9 }))
      seen.push(`${group.class} ${group.count}`)
    expect(seen).toEqual(['success', 'resumable 1'])
    const run = await runs.claim('k')
    const body = { flavor: 'claude', token: RESUME_TOKEN, machineId: 'm1', reason: 'r' }
    await expect(api.call('POST /api/sessions/:id/rebind', { params, body })).rejects.toMatchObject({
      code: 'run_in_progress',
      detail: { runId: run.id, session: params.id, since: world.time },
    })
  })

  test('[WI5] [WI7] says that nobody could be asked to stop a session', async () => {
    await using world = await DoorWorld.open()
    const params = { id: await world.session() }
    const stopped = clientOf(world).call('POST /api/sessions/:id/stop', { params, body: {} })
    await expect(stopped).rejects.toMatchObject({ code: 'no_machine_online' })
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
