import { describe, expect, test } from 'vitest'
import { journalOf, mutation, read } from '../store/contract/test-store.ts'
import { broken, changed, failing } from './contract/changed-store.ts'
import { openSocketWorld, PLACE } from './contract/socket-world.ts'

const OURS = { features: ['patches'] }
const TOKEN = { ...PLACE, claudeSessionId: 'token' }

describe('patch-metadata', () => {
  test('[WI2] is answered with what changed and what was kept', async () => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    const client = await world.connect(OURS)
    const patch = {
      lifecycleState: 'archived',
      lifecycleStateSince: 1,
      archivedBy: 'user',
      archiveReason: 'done',
    }
    expect(await client.ask('patch-metadata', { sid: key.session, patch })).toEqual({
      result: 'success',
      version: 2,
      changed: ['lifecycleState', 'lifecycleStateSince', 'archivedBy', 'archiveReason'],
      kept: ['path', 'host', 'claudeSessionId'],
    })
    expect((await read(world.store, key)).metadata).toEqual({ ...TOKEN, ...patch })
  })

  test('[WI2] against an older version it says so', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born()
    const client = await world.connect(OURS)
    await client.ask('patch-metadata', { sid, patch: { name: 'n' } })
    expect(await client.ask('patch-metadata', { sid, patch: { os: 'o' }, expectedVersion: 1 })).toMatchObject(
      {
        result: 'success',
        version: 3,
        rebasedFrom: 1,
      },
    )
    expect(
      await client.ask('patch-metadata', { sid, patch: { name: 'm', tools: [] }, expectedVersion: 1 }),
    ).toEqual({
      result: 'version-mismatch',
      version: 3,
      conflicts: { name: 'n', tools: null },
    })
  })

  test('[WI2] S58 sent again with the same mutation id it is answered as the first time', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect(OURS)
    const request = { sid: key.session, patch: { name: 'n' }, mutationId: mutation('m') }
    const first = await client.ask('patch-metadata', request)
    expect(await (await world.connect(OURS)).ask('patch-metadata', request)).toEqual(first)
    expect((await read(world.store, key)).metadataVersion).toBe(2)
  })

  test('[WI2] S57 so it is when two connections send it at once', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const [one, other] = [await world.connect(OURS), await world.connect(OURS)]
    const request = { sid: key.session, patch: { name: 'n' }, mutationId: mutation('m') }
    const [first, second] = await Promise.all([
      one.ask('patch-metadata', request),
      other.ask('patch-metadata', request),
    ])
    expect(second).toEqual(first)
    expect((await read(world.store, key)).metadataVersion).toBe(2)
  })

  test('[VE8] the ack, the event, the feed and the session carry the same fields', async () => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    const client = await world.connect(OURS)
    const other = await world.connect({ ...OURS, sessionId: key.session })
    const patch = { name: 'n', claudeSessionId: 'other', summary: { text: 't', updatedAt: 1 } }
    const ack = await client.ask('patch-metadata', { sid: key.session, patch })
    const event = await other.hears('session-patched')
    expect(ack).toMatchObject({ version: 2, changed: Object.keys(patch) })
    expect(event).toMatchObject({ sid: key.session, version: 2, set: patch, removed: [] })
    expect(await read(world.store, key)).toMatchObject({
      metadataVersion: 2,
      metadata: { ...TOKEN, ...patch },
    })
    const feed = await world.store.readFeed({ namespace: 'default', after: 1, limit: 10 })
    expect(feed).toMatchObject({ changes: [{ version: 2, set: patch }] })
  })

  test('[JO1] the journal names the door and the reason', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect(OURS)
    await client.ask('patch-metadata', { sid: key.session, patch: { name: 'n' }, reason: 'because' })
    expect((await journalOf(world.store, key))[0]).toMatchObject({
      actor: { door: 'socket' },
      reason: 'because',
    })
  })

  test.each<[string, object, object]>([
    ['an unknown member', { expectedversion: 1 }, { code: 'invalid_request', field: 'expectedversion' }],
    ['a session that is not there', { sid: 'not-there' }, { code: 'session_not_found' }],
    ['a session of another tenant', { sid: 'theirs' }, { code: 'session_not_found' }],
    ['a sid that is no id', { sid: '../x' }, { code: 'invalid_request', field: 'sid' }],
    ['a sid that is a number', { sid: 7 }, { code: 'invalid_request', field: 'sid' }],
    ['a patch that is a list', { patch: [] }, { code: 'invalid_patch' }],
    [
      'a version that is negative',
      { expectedVersion: -1 },
      { code: 'invalid_request', field: 'expectedVersion' },
    ],
    [
      'a version that is no integer',
      { expectedVersion: 1.5 },
      { code: 'invalid_request', field: 'expectedVersion' },
    ],
    ['a mutation id too short', { mutationId: 'short' }, { code: 'invalid_request', field: 'mutationId' }],
    [
      'a token removed',
      { patch: { claudeSessionId: null } },
      { code: 'protected_field', field: 'claudeSessionId' },
    ],
    ['a patch too large', { patch: { name: 'x'.repeat(300_000) } }, { code: 'too_large', limit: 262_144 }],
    ['a patch too deep', { patch: nested(40) }, { code: 'too_deep', limit: 32, actual: 33 }],
    ['a binary value', { patch: { name: Buffer.from('x') } }, { code: 'invalid_field', field: '/name' }],
  ])('[WI2] %s is refused with its code, and nothing is changed', async (_, bad, expected) => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    await world.born(PLACE, { id: 'theirs', namespace: 'other' })
    const client = await world.connect(OURS)
    const ack = await client.ask('patch-metadata', { sid: key.session, patch: { name: 'n' }, ...bad })
    expect(ack).toMatchObject({ result: 'error', message: expect.any(String), ...expected })
    expect(await read(world.store, key)).toMatchObject({ metadataVersion: 1, metadata: TOKEN })
  })

  test('[WI7] what the store could not do is told at once, with its code', async () => {
    await using world = await openSocketWorld({
      later: () => Promise.reject(new Error('there is no delay')),
      store: (store) => changed(store, { patchSessionMetadata: failing('outcome_unknown') }),
    })
    const client = await world.connect(OURS)
    expect(await client.ask('patch-metadata', { sid: 's1', patch: {} })).toEqual({
      result: 'error',
      code: 'outcome_unknown',
      message: 'The store says outcome_unknown.',
    })
  })

  test('[SE5] a bug is answered without its message, and the hub goes on', async () => {
    await using world = await openSocketWorld({
      store: (store) => changed(store, { patchSessionMetadata: broken }),
    })
    const client = await world.connect(OURS)
    const ack = await client.ask('patch-metadata', { sid: 's1', patch: {} })
    expect(ack).toMatchObject({ result: 'error', code: 'internal' })
    expect(JSON.stringify(ack)).not.toContain('secret')
    await client.settled()
  })

  test('[SE2] a token that only reads writes nothing', async () => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    const { token } = await world.device('viewer')
    const viewer = await world.connect({ ...OURS, token, sessionId: key.session })
    expect(await viewer.ask('patch-metadata', { sid: key.session, patch: { name: 'n' } })).toMatchObject({
      result: 'error',
      code: 'access_denied',
    })
    expect(
      await viewer.ask('clear-resume-token', { sid: key.session, flavor: 'claude', reason: 'r' }),
    ).toMatchObject({ result: 'error', code: 'access_denied' })
  })

  test.each([
    ['of ours', OURS, 'session-patched'],
    ['a released one', {}, 'update'],
  ])('[SE1] a viewer, %s, is not told what is written, since that is told whole', async (_, kind, event) => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    const { token } = await world.device('viewer')
    const [viewer, agent] = [
      await world.connect({ ...kind, token, sessionId: key.session }),
      await world.connect({ ...kind, sessionId: key.session }),
    ]
    const client = await world.connect(OURS)
    await client.ask('patch-metadata', { sid: key.session, patch: { name: 'seen' } })
    await agent.hears(event)
    await viewer.ask('ping', undefined)
    expect(viewer.all(event)).toEqual([])
  })
})

describe('clear-resume-token', () => {
  test('[WI3] gives the token up, with its pair', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, cursorSessionId: 'c', cursorSessionProtocol: 'acp' })
    const client = await world.connect(OURS)
    const request = { sid: key.session, flavor: 'cursor', reason: 'the chat is gone' }
    expect(await client.ask('clear-resume-token', { ...request, expectedToken: 'other' })).toEqual({
      result: 'version-mismatch',
      version: 1,
      conflicts: { cursorSessionId: 'c' },
    })
    expect(await client.ask('clear-resume-token', { ...request, expectedToken: 'c' })).toEqual({
      result: 'success',
      version: 2,
      changed: ['cursorSessionId', 'cursorSessionProtocol'],
      kept: ['path', 'host'],
    })
    expect((await journalOf(world.store, key))[0]).toMatchObject({ op: 'clear', reason: 'the chat is gone' })
  })

  test.each<[string, object, object]>([
    ['no reason', { reason: undefined }, { code: 'invalid_request', field: 'reason' }],
    ['an unknown flavor', { flavor: 'unheard-of' }, { code: 'unknown_flavor', field: 'flavor' }],
    ['an unknown member', { token: 'c' }, { code: 'invalid_request', field: 'token' }],
    ['another tenant', { sid: 'theirs' }, { code: 'session_not_found' }],
  ])('[WI3] %s is refused with its code', async (_, bad, expected) => {
    await using world = await openSocketWorld()
    const key = await world.born(TOKEN)
    await world.born(TOKEN, { id: 'theirs', namespace: 'other' })
    const client = await world.connect(OURS)
    const request = { sid: key.session, flavor: 'claude', reason: 'r', ...bad }
    expect(await client.ask('clear-resume-token', request)).toMatchObject({ result: 'error', ...expected })
    expect((await read(world.store, key)).metadata).toEqual(TOKEN)
  })
})

function nested(depth: number): object {
  let value: object = {}
  for (let at = 1; at < depth; at += 1) value = { a: value }
  return value
}
