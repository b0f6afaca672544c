import { describe, expect, test } from 'vitest'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { errorEvent } from './error.ts'
import { rpcRequest, rpcRequestAck } from './rpc-request.ts'
import { updateMachine } from './update-machine.ts'
import { updateSession } from './update-session.ts'
import { update } from './update.ts'
import { versionedValue } from './versioned-value.ts'

const VERSIONED = { version: 2, value: { path: '/p' } }
const SESSION = { t: 'update-session', sid: 's', metadata: VERSIONED, agentState: VERSIONED }
const MACHINE = { t: 'update-machine', machineId: 'm', metadata: VERSIONED, runnerState: VERSIONED }
const ENVELOPE = { id: 'u-1', seq: 1, createdAt: 5, body: SESSION }

const UPDATES: readonly MessageCase[] = [
  {
    name: 'the body of a session',
    schema: updateSession,
    full: SESSION,
    nullable: ['metadata', 'agentState'],
    unknown: 'are refused',
  },
  {
    name: 'the body of a machine',
    schema: updateMachine,
    full: MACHINE,
    nullable: ['metadata', 'runnerState'],
    unknown: 'are refused',
  },
  { name: 'update', schema: update, full: ENVELOPE, unknown: 'are refused' },
  {
    name: 'a versioned value',
    schema: versionedValue,
    full: VERSIONED,
    any: ['value'],
    unknown: 'are refused',
  },
]

describe('update', () => {
  test.each(UPDATES.map((message): [string, MessageCase] => [message.name, message]))(
    '[CO4] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[CO4] it has one of two bodies', () => {
    expect(update.parse({ ...ENVELOPE, body: MACHINE }).body.t).toBe('update-machine')
    for (const body of [{ ...SESSION, t: 'new-message' }, { ...SESSION, t: 'update-machine' }, null])
      expect(update.safeParse({ ...ENVELOPE, body }).success).toBe(false)
  })

  test('[CO4] a value is never told without its version', () => {
    for (const metadata of [
      { value: {} },
      { version: 0, value: {} },
      { version: 1 },
      { version: 1.5, value: {} },
    ])
      expect(updateSession.safeParse({ ...SESSION, metadata }).success).toBe(false)
  })
})

describe('error', () => {
  test('[CO5] it has exactly its shape', () => {
    const full = { message: 'There is no such session.', code: 'not-found', scope: 'session', id: 's' }
    expect(shapeProblems({ name: 'error', schema: errorEvent, full, unknown: 'are refused' })).toEqual([])
    expect(errorEvent.safeParse({ ...full, scope: 'machine' }).success).toBe(true)
    expect(errorEvent.safeParse({ ...full, scope: 'hub' }).success).toBe(false)
  })
})

describe('rpc-request', () => {
  test('[CO6] it has exactly its shape', () => {
    const full = { method: 'm:stop-session', params: '{}' }
    expect(shapeProblems({ name: 'rpc-request', schema: rpcRequest, full, unknown: 'are refused' })).toEqual(
      [],
    )
  })

  test('[CO6] its ack is text or nothing', () => {
    expect(rpcRequestAck.safeParse('{}').success).toBe(true)
    expect(rpcRequestAck.safeParse(undefined).success).toBe(true)
    for (const ack of [null, {}, 7, []]) expect(rpcRequestAck.safeParse(ack).success).toBe(false)
  })
})
