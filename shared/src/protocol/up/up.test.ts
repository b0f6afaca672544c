import { describe, expect, test } from 'vitest'
import type { MessageCase } from '../contract/shape-problems.ts'
import { shapeProblems } from '../contract/shape-problems.ts'
import { errorAck } from './error-ack.ts'
import { machineAlive } from './machine-alive.ts'
import { machineUpdateMetadataAck, machineUpdateMetadataRequest } from './machine-update-metadata.ts'
import { machineUpdateStateAck, machineUpdateStateRequest } from './machine-update-state.ts'
import { pingAck, pingRequest } from './ping.ts'
import { rpcRegister } from './rpc-register.ts'
import { rpcUnregister } from './rpc-unregister.ts'
import { sessionAlive } from './session-alive.ts'
import { sessionEnd, sessionEndReason } from './session-end.ts'
import { sessionReady } from './session-ready.ts'
import { updateMetadataAck, updateMetadataRequest } from './update-metadata.ts'
import { updateStateAck, updateStateRequest } from './update-state.ts'

const WRITES: readonly [string, string, string, MessageCase['schema'], MessageCase['schema']][] = [
  ['update-metadata', 'sid', 'metadata', updateMetadataRequest, updateMetadataAck],
  ['update-state', 'sid', 'agentState', updateStateRequest, updateStateAck],
  [
    'machine-update-metadata',
    'machineId',
    'metadata',
    machineUpdateMetadataRequest,
    machineUpdateMetadataAck,
  ],
  ['machine-update-state', 'machineId', 'runnerState', machineUpdateStateRequest, machineUpdateStateAck],
]
const REFUSED = [{ field: 'path', code: 'invalid_field', message: 'The field path must be a string.' }]

const WRITE_SHAPES = WRITES.flatMap(([name, id, value, request, ack]): MessageCase[] => [
  {
    name,
    schema: request,
    full: { [id]: 'x', expectedVersion: 3, [value]: { path: '/p' } },
    any: [value],
    unknown: 'pass',
  },
  ...['success', 'version-mismatch'].map((result): MessageCase => ({
    name: `the ${result} of ${name}`,
    schema: ack,
    full: { result, version: 4, [value]: { path: '/p' } },
    any: [value],
    unknown: 'are refused',
  })),
  {
    name: `the error of ${name}`,
    schema: ack,
    full: { result: 'error', reason: 'not-found' },
    optional: ['reason'],
    unknown: 'are refused',
  },
])

const PULSES: readonly MessageCase[] = [
  { name: 'session-ready', schema: sessionReady, full: { sid: 's', time: 1 }, unknown: 'pass' },
  { name: 'machine-alive', schema: machineAlive, full: { machineId: 'm', time: 1.5 }, unknown: 'pass' },
  {
    name: 'session-end',
    schema: sessionEnd,
    full: { sid: 's', time: 1, reason: 'handoff' },
    optional: ['reason'],
    lenient: ['reason'],
    unknown: 'pass',
  },
]

const SETTINGS = {
  model: 'opus',
  modelReasoningEffort: 'high',
  effort: 'low',
  serviceTier: 'fast',
  permissionMode: 'plan',
  collaborationMode: 'plan',
  copilotAgentMode: 'autopilot',
}
const ALIVE: MessageCase = {
  name: 'session-alive',
  schema: sessionAlive,
  full: { sid: 's', time: 1, thinking: true, mode: 'local', ...SETTINGS },
  optional: ['mode', ...Object.keys(SETTINGS)],
  lenient: ['mode', ...Object.keys(SETTINGS)],
  nullable: ['model', 'modelReasoningEffort', 'effort', 'serviceTier'],
  unknown: 'pass',
}

const named = (cases: readonly MessageCase[]) =>
  cases.map((message): [string, MessageCase] => [message.name, message])

describe('the writes of the released protocol', () => {
  test.each(named(WRITE_SHAPES))('[CO3] %s has exactly its shape', (_, message) => {
    expect(shapeProblems(message)).toEqual([])
  })

  test.each(WRITES)('[CO3] %s takes whole versions only', (_name, id, value, request) => {
    const write = (expectedVersion: unknown) =>
      request.safeParse({ [id]: 'x', expectedVersion, [value]: {} }).success
    expect([0, 1, Number.MAX_SAFE_INTEGER].map(write)).toEqual([true, true, true])
    expect([1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '3'].map(write)).toEqual(Array(5).fill(false))
  })

  test.each(WRITES)(
    '[CO3] the ack of %s never tells a version without its value',
    (...[, , value, , ack]) => {
      for (const result of ['success', 'version-mismatch']) {
        expect(ack.safeParse({ result, version: 2 }).success).toBe(false)
        expect(ack.safeParse({ result, [value]: {} }).success).toBe(false)
        expect(ack.safeParse({ result, version: 0, [value]: {} }).success).toBe(false)
        expect(ack.safeParse({ result, version: 2, [value]: null }).success).toBe(true)
      }
      expect(ack.safeParse({ result: 'maybe', version: 2, [value]: {} }).success).toBe(false)
    },
  )

  test('[CO3] an error says one of three reasons, or none', () => {
    const reasons = ['not-found', 'access-denied', 'namespace-missing']
    expect(reasons.every((reason) => errorAck.safeParse({ result: 'error', reason }).success)).toBe(true)
    expect(errorAck.safeParse({ result: 'error' }).success).toBe(true)
    expect(errorAck.safeParse({ result: 'error', reason: 'busy' }).success).toBe(false)
  })

  test('[CO9] only the success of a metadata write lists refused fields', () => {
    const value = { version: 2, metadata: {}, refused: REFUSED }
    expect(updateMetadataAck.safeParse({ result: 'success', ...value }).success).toBe(true)
    expect(updateMetadataAck.safeParse({ result: 'version-mismatch', ...value }).success).toBe(false)
    const bare = { result: 'success', version: 2, metadata: {}, refused: [{ field: 'path' }] }
    expect(updateMetadataAck.safeParse(bare).success).toBe(false)
  })

  test('[CO3] a value is passed on as it is, however deep and whatever its keys', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    const metadata: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":1}')
    for (const value of [deep, metadata, null, 'text', [1]]) {
      const parsed = updateMetadataRequest.parse({ sid: 's', expectedVersion: 1, metadata: value })
      expect(parsed.metadata === value).toBe(true)
    }
  })
})

describe('signs of life', () => {
  test.each(named(PULSES))('[CO5] %s has exactly its shape', (_, message) => {
    expect(shapeProblems(message)).toEqual([])
  })

  test('[CO12] session-alive has exactly its shape, and a setting of a wrong type is taken as not said', () => {
    expect(shapeProblems(ALIVE)).toEqual([])
  })

  test('[CO12] a setting that is null is the default, one that is unheard of is not said', () => {
    const alive = { sid: 's', time: 1, thinking: false, model: null, permissionMode: 'whatever-comes' }
    const parsed = sessionAlive.parse(alive)
    expect(parsed.model).toBe(null)
    expect(parsed.permissionMode).toBe(undefined)
    expect(parsed.effort).toBe(undefined)
    expect('effort' in parsed).toBe(false)
  })

  test('[CO5] a session ends for one of five reasons; an unheard-of one ends it all the same', () => {
    const five = ['completed', 'terminated', 'error', 'cleared', 'handoff'] as const
    expect([...sessionEndReason.options].toSorted()).toEqual([...five].toSorted())
    for (const reason of five) expect(sessionEnd.parse({ sid: 's', time: 1, reason }).reason).toBe(reason)
    for (const reason of ['exploded', null, 7])
      expect(sessionEnd.parse({ sid: 's', time: 1, reason }).reason).toBe(undefined)
  })

  test('[CO5] a ping carries nothing that matters and its ack is empty', () => {
    for (const payload of [undefined, null, {}, 'x'])
      expect(pingRequest.safeParse(payload).success).toBe(true)
    expect(pingAck.safeParse(undefined).success).toBe(true)
    expect(pingAck.safeParse({}).success).toBe(false)
  })
})

describe('registering calls', () => {
  test.each([
    ['rpc-register', rpcRegister],
    ['rpc-unregister', rpcUnregister],
  ])('[CO6] %s has exactly its shape', (name, schema) => {
    const full = { method: 'm-1:stop-session' }
    expect(shapeProblems({ name, schema, full, unknown: 'pass' })).toEqual([])
  })
})
