import { describe, expect, test } from 'vitest'
import { update } from '../down/update.ts'
import {
  machineUpdateForReleasedClient,
  sessionUpdateForReleasedClient,
} from './update-for-released-client.ts'

const GOOD = { path: '/p', host: 'h', hostPid: 7 }

function isUpdate(body: unknown): boolean {
  return update.safeParse({ id: 'u', seq: 1, createdAt: 1, body }).success
}

describe('the body of an update', () => {
  test('[CO4] it tells of the part that changed, and null of the other', () => {
    const body = sessionUpdateForReleasedClient('s', { metadata: { version: 3, value: GOOD } })
    expect(body).toEqual({
      t: 'update-session',
      sid: 's',
      metadata: { version: 3, value: GOOD },
      agentState: null,
    })
    expect(isUpdate(body)).toBe(true)
    const state = machineUpdateForReleasedClient('m', {
      runnerState: { version: 2, value: { status: 'running' } },
    })
    expect(state).toEqual({
      t: 'update-machine',
      machineId: 'm',
      metadata: null,
      runnerState: { version: 2, value: { status: 'running' } },
    })
    expect(isUpdate(state)).toBe(true)
  })

  test('[CO10] the offending fields are left out', () => {
    const body = sessionUpdateForReleasedClient('s', {
      metadata: { version: 3, value: { ...GOOD, hostPid: 'x' } },
      agentState: { version: 4, value: { requests: { a: 1 } } },
    })
    expect(body?.metadata).toEqual({ version: 3, value: { path: '/p', host: 'h' } })
    expect(body?.agentState).toEqual({ version: 4, value: { requests: {} } })
  })

  test('[CO10] metadata that is not accepted at all is not spoken of: its version would be taken without it', () => {
    const metadata = { version: 3, value: { host: 'h' } }
    expect(sessionUpdateForReleasedClient('s', { metadata })).toBe(null)
    expect(machineUpdateForReleasedClient('m', { metadata })).toBe(null)
    const agentState = { version: 2, value: null }
    expect(sessionUpdateForReleasedClient('s', { metadata, agentState })?.metadata).toBe(null)
  })

  test('[CO4] agent state and runner state that are null are told as null', () => {
    const body = sessionUpdateForReleasedClient('s', { agentState: { version: 2, value: null } })
    expect(body?.agentState).toEqual({ version: 2, value: null })
    const machine = machineUpdateForReleasedClient('m', { runnerState: { version: 2, value: null } })
    expect(machine?.runnerState).toEqual({ version: 2, value: null })
  })

  test('[CO4] where nothing changed there is nothing to tell', () => {
    expect(sessionUpdateForReleasedClient('s', {})).toBe(null)
    expect(machineUpdateForReleasedClient('m', {})).toBe(null)
  })
})
