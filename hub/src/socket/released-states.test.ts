import { describe, expect, test } from 'vitest'
import { read } from '../store/contract/test-store.ts'
import { changed } from './contract/changed-store.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'
import { openSocketWorld } from './contract/socket-world.ts'
import { refuse } from '@holdfast/shared/errors/holdfast-error'

const RUNNER = { host: 'h', platform: 'linux', happyCliVersion: '1' }
const CALL = { tool: 'Bash', arguments: { command: 'ls' } }

describe('update-state', () => {
  test('[CO3] is answered with what was stored, and against another version with what is there', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect()
    const agentState = { controlledByUser: true, unheardOf: [1] }
    const request = { sid: key.session, agentState }
    const success = { result: 'success', version: 2, agentState }
    expect(await client.ask('update-state', { ...request, expectedVersion: 1 })).toEqual(success)
    for (const expectedVersion of [-5, 0, 1, 9])
      expect(await client.ask('update-state', { ...request, agentState: null, expectedVersion })).toEqual({
        ...success,
        result: 'version-mismatch',
      })
    expect(await client.ask('update-state', { ...request, agentState: null, expectedVersion: 2 })).toEqual({
      result: 'success',
      version: 3,
      agentState: null,
    })
  })

  test('[CO10] a call that released clients do not accept is left out of the ack, and kept', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect()
    const agentState = { requests: { good: CALL, bad: { tool: 1 } }, steeringActive: 'text' }
    expect(await client.ask('update-state', { sid: key.session, expectedVersion: 1, agentState })).toEqual({
      result: 'success',
      version: 2,
      agentState: { requests: { good: CALL } },
    })
    expect((await read(world.store, key)).agentState).toEqual(agentState)
  })

  test("[CO9] what can not be stored of a call costs that call's part, and nothing else", async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect()
    const trap = JSON.parse('{"__proto__":1}') as object
    const requests = {
      good: CALL,
      number: { tool: 'a', arguments: { big: 2 ** 60, small: 1 } },
      trap: { tool: 'b', arguments: trap },
      ['k'.repeat(300)]: CALL,
      text: { tool: 'cut \uD83D', arguments: null },
    }
    const ack = await client.ask('update-state', {
      sid: key.session,
      expectedVersion: 1,
      agentState: { requests, controlledByUser: true },
    })
    const stored = {
      controlledByUser: true,
      requests: {
        good: CALL,
        number: { tool: 'a', arguments: null },
        trap: { tool: 'b', arguments: null },
        text: { tool: 'cut \uFFFD', arguments: null },
      },
    }
    expect(ack).toEqual({ result: 'success', version: 2, agentState: stored })
    expect((await read(world.store, key)).agentState).toEqual(stored)
  })

  test('[CO9] so it is with a binary value', async () => {
    await using world = await openSocketWorld()
    const { session: sid } = await world.born()
    const client = await world.connect()
    const agentState = { requests: { r: { tool: 'c', arguments: [Buffer.from('x')] } } }
    expect(await client.ask('update-state', { sid, expectedVersion: 1, agentState })).toEqual({
      result: 'success',
      version: 2,
      agentState: { requests: { r: { tool: 'c', arguments: null } } },
    })
  })

  test('[CO9] [SE5] of a state with far more members than any real one, nothing is taken', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({}, { agentState: { controlledByUser: true } })
    const client = await world.connect()
    const list = Array.from({ length: SOCKET_LIMITS.mendableMembers }, () => 1)
    const request = { sid: key.session, agentState: { controlledByUser: false, list: [...list, 2 ** 60] } }
    const current = { version: 1, agentState: { controlledByUser: true } }
    expect(await client.ask('update-state', { ...request, expectedVersion: 1 })).toEqual({
      result: 'success',
      ...current,
    })
    expect(await client.ask('update-state', { ...request, expectedVersion: 2 })).toEqual({
      result: 'version-mismatch',
      ...current,
    })
  })

  test('[CO9] [ME12] a state that can not be read is not written, and the client is not left to try for ever', async () => {
    const damaged = refuse('field_damaged', 'It can not be read.', { field: 'agentState' })
    await using world = await openSocketWorld({
      store: (store) => changed(store, { updateAgentState: () => Promise.resolve(damaged) }),
    })
    const key = await world.born()
    const client = await world.connect()
    expect(
      await client.ask('update-state', {
        sid: key.session,
        expectedVersion: 1,
        agentState: { controlledByUser: true },
      }),
    ).toEqual({
      result: 'success',
      version: 1,
      agentState: null,
    })
  })

  test.each<[string, object, object]>([
    ['a session that is not there', { sid: 'not-there' }, { result: 'error', reason: 'not-found' }],
    ['a session of another tenant', { sid: 'theirs' }, { result: 'error', reason: 'not-found' }],
    ['a list', { agentState: [] }, { result: 'error' }],
    ['text', { agentState: 'x' }, { result: 'error' }],
    ['no state', { agentState: undefined }, { result: 'error' }],
  ])('[CO9] %s is an error, and nothing is changed', async (_, bad, expected) => {
    await using world = await openSocketWorld()
    const key = await world.born({}, { agentState: { controlledByUser: true } })
    await world.born({}, { id: 'theirs', namespace: 'other' })
    const client = await world.connect()
    const request = { sid: key.session, expectedVersion: 1, agentState: {}, ...bad }
    expect(await client.ask('update-state', request)).toEqual(expected)
    expect(await read(world.store, key)).toMatchObject({
      agentStateVersion: 1,
      agentState: { controlledByUser: true },
    })
  })
})

describe('the parts of a machine', () => {
  test.each([
    ['machine-update-metadata', 'metadata', { ...RUNNER, displayName: 'd' }, RUNNER],
    ['machine-update-state', 'runnerState', { status: 'up', pid: 7 }, { status: 'old' }],
  ])(
    '[CO3] %s is answered with what was stored, and against another version with what is there',
    async (event, member, value, before) => {
      await using world = await openSocketWorld()
      const made = { namespace: 'default', id: 'm1', metadata: RUNNER, runnerState: { status: 'old' } }
      await world.store.createOrLoadMachine(made)
      const client = await world.connect()
      const request = { machineId: 'm1', [member]: value }
      expect(await client.ask(event, { ...request, expectedVersion: 4 })).toEqual({
        result: 'version-mismatch',
        version: 1,
        [member]: before,
      })
      expect(await client.ask(event, { ...request, expectedVersion: 1 })).toEqual({
        result: 'success',
        version: 2,
        [member]: value,
      })
    },
  )

  test('[CO10] what breaks the types of released clients is left out of the ack, and kept', async () => {
    await using world = await openSocketWorld()
    await world.machine('m1', RUNNER)
    const client = await world.connect()
    const request = { machineId: 'm1', expectedVersion: 1 }
    const metadata = { ...RUNNER, displayName: null, homeDir: '/h' }
    expect(await client.ask('machine-update-metadata', { ...request, metadata })).toEqual({
      result: 'success',
      version: 2,
      metadata: { ...RUNNER, homeDir: '/h' },
    })
    expect(await client.ask('machine-update-state', { ...request, runnerState: { pid: 1 } })).toEqual({
      result: 'success',
      version: 2,
      runnerState: null,
    })
    expect(await world.store.readMachine({ namespace: 'default', machine: 'm1' })).toMatchObject({
      metadata,
      runnerState: { pid: 1 },
    })
  })

  test.each<[string, string, object, object]>([
    ['a machine that is not there', 'machine-update-metadata', { machineId: 'm2' }, { reason: 'not-found' }],
    ['a machine of another tenant', 'machine-update-state', { machineId: 'theirs' }, { reason: 'not-found' }],
    ['metadata that is null', 'machine-update-metadata', { metadata: null }, {}],
    ['a state that is a list', 'machine-update-state', { runnerState: [] }, {}],
  ])('[CO9] %s is an error', async (_, event, bad, expected) => {
    await using world = await openSocketWorld()
    await world.machine('m1', RUNNER)
    await world.machine('theirs', RUNNER, 'other')
    const client = await world.connect()
    const request = { machineId: 'm1', expectedVersion: 1, metadata: {}, runnerState: {}, ...bad }
    expect(await client.ask(event, request)).toEqual({ result: 'error', ...expected })
    expect(await world.store.readMachine({ namespace: 'default', machine: 'm1' })).toMatchObject({
      metadata: RUNNER,
    })
  })
})
