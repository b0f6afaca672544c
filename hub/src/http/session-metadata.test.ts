import { fieldsAck } from '@holdfast/shared/protocol/up/fields-ack'
import { patchSessionMetadataConflict } from '@holdfast/shared/protocol/http/patch-session-metadata'
import { describe, expect, test } from 'vitest'
import { DoorWorld, ROOT_TOKEN, type Answered } from './contract/door-world.ts'

const MUTATION = 'mutation-0000000001'

function patch(world: DoorWorld, id: string, body: object, token = ROOT_TOKEN): Promise<Answered> {
  return world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body, token })
}

describe('patching metadata', () => {
  test('[WI5] answers with the ack of a patch', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const answer = await patch(world, id, { patch: { name: 'n' }, expectedVersion: 1, reason: 'to name it' })
    expect(fieldsAck.parse(answer.body)).toEqual({
      result: 'success',
      version: 2,
      changed: ['name'],
      kept: expect.arrayContaining(['path', 'host', 'flavor', 'claudeSessionId']),
    })
    const key = { namespace: 'default', session: id }
    expect((await world.store.readSession(key))?.metadata).toMatchObject({ name: 'n' })
    const history = await world.store.sessionHistory({ ...key, limit: 1 })
    expect(history?.items[0]).toMatchObject({ actor: { door: 'http' }, reason: 'to name it' })
  })

  test('[VE4] says from where a stale one was rebased', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await patch(world, id, { patch: { name: 'n' } })
    const answer = await patch(world, id, { patch: { other: 1 }, expectedVersion: 1 })
    expect(fieldsAck.parse(answer.body)).toMatchObject({ version: 3, rebasedFrom: 1 })
  })

  test('[WI5] H58 a conflict is a 409 with what is there', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await patch(world, id, { patch: { name: 'theirs' } })
    const answer = await patch(world, id, { patch: { name: 'mine', mood: 1 }, expectedVersion: 1 })
    expect(answer.status).toBe(409)
    expect(patchSessionMetadataConflict.parse(answer.body)).toEqual({
      error: expect.stringContaining('version 2'),
      code: 'version_mismatch',
      result: 'version-mismatch',
      version: 2,
      conflicts: { name: 'theirs', mood: null },
    })
  })

  test('[VE4] H59 a version that the hub has not reached is a conflict', async () => {
    await using world = await DoorWorld.open()
    const answer = await patch(world, await world.session(), { patch: { a: 1 }, expectedVersion: 90 })
    expect(answer).toMatchObject({ status: 409, body: { code: 'version_mismatch', version: 1 } })
  })

  test('[VE5] H70 takes effect once, however often it is sent', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const body = { patch: { count: 1 }, mutationId: MUTATION }
    const first = await patch(world, id, body)
    await patch(world, id, { patch: { count: 2 } })
    const again = await patch(world, id, body)
    expect([again.status, again.text]).toEqual([200, first.text])
    const stored = await world.store.readSession({ namespace: 'default', session: id })
    expect(stored?.metadata['count']).toBe(2)
  })

  test('[VE5] H71 the same mutation id with another body is refused', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    await patch(world, id, { patch: { a: 1 }, mutationId: MUTATION })
    const answer = await patch(world, id, { patch: { a: 2 }, mutationId: MUTATION })
    expect(answer).toMatchObject({ status: 422, body: { code: 'mutation_reused' } })
  })

  test('[VE5] H72 the mutation id of another tenant is another one', async () => {
    await using world = await DoorWorld.open()
    const other = `${ROOT_TOKEN}:b`
    const mine = await patch(world, await world.session(), { patch: { a: 1 }, mutationId: MUTATION })
    const theirs = await world.session({}, {}, other)
    const answer = await patch(world, theirs, { patch: { a: 2 }, mutationId: MUTATION }, other)
    expect([mine.status, answer.status]).toEqual([200, 200])
    const stored = await world.store.readSession({ namespace: 'b', session: theirs })
    expect(stored?.metadata['a']).toBe(2)
  })

  test('[SE2] H82 another tenant can not tell a session from one that is not there', async () => {
    await using world = await DoorWorld.open()
    const other = `${ROOT_TOKEN}:b`
    const id = await world.session()
    const there = await patch(world, id, { patch: { a: 1 } }, other)
    const nowhere = await patch(world, id.replaceAll(/[0-9]/g, '0'), { patch: { a: 1 } }, other)
    expect([there.status, there.text]).toEqual([nowhere.status, nowhere.text])
    const stored = await world.store.readSession({ namespace: 'default', session: id })
    expect(stored?.metadataVersion).toBe(1)
  })

  test('[SE1] H83 who may only read may not', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const answer = await patch(world, id, { patch: { a: 1 } }, (await world.device('viewer')).token)
    expect(answer).toMatchObject({ status: 403, body: { code: 'access_denied' } })
  })

  test('[ME11] H62 a small patch that makes the document too large is refused, and the rest stays', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ long: 'x'.repeat(900_000) })
    const answer = await patch(world, id, { patch: { more: 'x'.repeat(200_000) } })
    expect(answer).toMatchObject({ status: 413, body: { code: 'too_large', limit: 1_048_576 } })
    const stored = await world.store.readSession({ namespace: 'default', session: id })
    expect(stored?.metadataVersion).toBe(1)
  })
})
