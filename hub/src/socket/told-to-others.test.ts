import { describe, expect, test } from 'vitest'
import { read } from '../store/contract/test-store.ts'
import type { TestClient } from './contract/test-client.ts'
import { openSocketWorld, PLACE, type SocketWorld } from './contract/socket-world.ts'

const RUNNER = { host: 'h', platform: 'linux', happyCliVersion: '1' }
const OURS = { features: ['patches'] }

/** A write that everybody hears of who is told of this session: what they were told before it is all there is. */
async function lastWord(world: SocketWorld, sid: string): Promise<void> {
  const session = await read(world.store, { namespace: 'default', session: sid })
  const client = await world.connect(OURS)
  await client.ask('patch-metadata', {
    sid,
    patch: { name: 'last' },
    expectedVersion: session.metadataVersion,
  })
}

const versionsHeard = (client: TestClient) =>
  client
    .all('update')
    .map((update) => (update as { body: { metadata: { version: number } | null } }).body.metadata?.version)

describe('the others of a session', () => {
  test('[CO4] are told the whole metadata, as they accept it, and the writer is not', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born({ ...PLACE, claudeSessionId: 'token', hostPid: 'text' })
    const [writer, other] = [await world.connect({ sessionId: sid }), await world.connect({ sessionId: sid })]
    await writer.ask('update-metadata', { sid, expectedVersion: 1, metadata: { ...PLACE, os: 'o' } })
    expect(await other.hears('update')).toEqual({
      id: expect.any(String),
      seq: expect.any(Number),
      createdAt: world.clock.time,
      body: {
        t: 'update-session',
        sid,
        metadata: { version: 2, value: { ...PLACE, os: 'o', claudeSessionId: 'token' } },
        agentState: null,
      },
    })
    await lastWord(world, sid)
    await writer.hears('update')
    expect(versionsHeard(writer)).toEqual([3])
  })

  test('[CO4] [ME10] a write that changes nothing is told to nobody', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born()
    const [writer, other] = [await world.connect({ sessionId: sid }), await world.connect({ sessionId: sid })]
    await writer.ask('update-metadata', { sid, expectedVersion: 1, metadata: PLACE })
    await lastWord(world, sid)
    await other.hears('update')
    expect(versionsHeard(other)).toEqual([2])
  })

  test('[WI4] a client of ours is told the change alone', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born({ ...PLACE, name: 'before', claudeSessionId: 'token' })
    const writer = await world.connect({ sessionId: sid })
    const ours = await world.connect({ ...OURS, sessionId: sid })
    await writer.ask('update-metadata', { sid, expectedVersion: 1, metadata: { ...PLACE, os: 'o' } })
    expect(await ours.hears('session-patched')).toEqual({
      sid,
      version: 2,
      set: { os: 'o' },
      removed: ['name'],
      seq: 2,
      at: world.clock.time,
    })
    expect(ours.all('update')).toEqual([])
  })

  test('[WI4] a client of ours is not told of the change that it made', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born({ ...PLACE, claudeSessionId: 'token' })
    const writer = await world.connect({ ...OURS, sessionId: sid })
    await writer.ask('patch-metadata', { sid, patch: { os: 'o' } })
    await writer.ask('clear-resume-token', { sid, flavor: 'claude', reason: 'r' })
    await lastWord(world, sid)
    expect(await writer.hears('session-patched')).toMatchObject({ version: 4 })
  })

  test('[CO4] agent state is told by its writer', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born()
    const [writer, other] = [await world.connect({ sessionId: sid }), await world.connect({ sessionId: sid })]
    const agentState = { controlledByUser: true, requests: { r: { tool: 'Bash', arguments: {} } } }
    await writer.ask('update-state', { sid, expectedVersion: 1, agentState })
    await writer.ask('update-state', { sid, expectedVersion: 2, agentState })
    expect(await other.hears('update')).toMatchObject({
      body: { t: 'update-session', sid, metadata: null, agentState: { version: 2, value: agentState } },
    })
    await lastWord(world, sid)
    await writer.hears('update')
    expect(other.all('update')).toHaveLength(2)
    expect(writer.all('update')).toHaveLength(1)
  })

  test('[SE2] nobody of another tenant is told, whatever he says that he is', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born()
    const { token } = await world.device('admin', 'other')
    const spies = [
      await world.connect({ token, sessionId: sid }),
      await world.connect({ token, ...OURS, sessionId: sid }),
    ]
    await world.born(PLACE, { id: 'own', namespace: 'other' })
    const other = await world.connect({ sessionId: sid })
    await lastWord(world, sid)
    await other.hears('update')
    for (const spy of spies) await spy.settled()
    expect(spies.flatMap(({ heard }) => heard)).toEqual([])
  })

  test('[CO2] whoever came before the session is told from the first time that he speaks of it', async () => {
    await using world = await openSocketWorld()
    const early = await world.connect({ sessionId: 's1' })
    const ours = await world.connect({ ...OURS, sessionId: 's1' })
    await world.born(PLACE, { id: 's1' })
    early.tell('session-alive', { sid: 's1', time: 1, thinking: false })
    await early.settled()
    await ours.ask('patch-metadata', { sid: 's1', patch: { os: 'o' } })
    await lastWord(world, 's1')
    expect(await early.hears('update')).toMatchObject({ body: { metadata: { version: expect.any(Number) } } })
    expect(await ours.hears('session-patched')).toMatchObject({ version: 3 })
  })
})

describe('the others of a machine', () => {
  test('[CO4] are told in the order of the versions, and the writer is not', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1', RUNNER)
    const scope = { clientType: 'machine-scoped', machineId: 'm1' } as const
    const [writer, other] = [await world.connect(scope), await world.connect(scope)]
    const writes = Array.from({ length: 20 }, (_, at) =>
      writer.ask('machine-update-metadata', {
        machineId: 'm1',
        expectedVersion: at + 1,
        metadata: { ...RUNNER, displayName: `n${at}`, supervisedRestart: 'text' },
      }),
    )
    await Promise.all(writes)
    await writer.ask('machine-update-state', {
      machineId: 'm1',
      expectedVersion: 1,
      runnerState: { status: 'up' },
    })
    await other.settled()
    const bodies = other.all('update').map((update) => (update as { body: object }).body)
    expect(bodies.slice(0, -1)).toEqual(
      writes.map((_, at) => ({
        t: 'update-machine',
        machineId: 'm1',
        runnerState: null,
        metadata: { version: at + 2, value: { ...RUNNER, displayName: `n${at}` } },
      })),
    )
    expect(bodies.at(-1)).toMatchObject({
      metadata: null,
      runnerState: { version: 2, value: { status: 'up' } },
    })
    expect(writer.heard).toEqual([])
  })

  test('[SE2] nobody of another tenant is told', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1', RUNNER)
    await world.machine('m1', RUNNER, 'other')
    const { token } = await world.device('admin', 'other')
    const spy = await world.connect({ token, clientType: 'machine-scoped', machineId: 'm1' })
    const writer = await world.connect()
    await writer.ask('machine-update-state', {
      machineId: 'm1',
      expectedVersion: 1,
      runnerState: { status: 'up' },
    })
    await spy.settled()
    expect(spy.heard).toEqual([])
  })
})
