import { describe, expect, test } from 'vitest'
import { shapeProblems } from './contract/shape-problems.ts'
import { handshakeAuth, PATCHES_FEATURE } from './handshake-auth.ts'

const AUTH = {
  token: 't',
  clientType: 'session-scoped',
  sessionId: 's',
  machineId: 'm',
  features: ['patches'],
}

describe('the handshake', () => {
  test('[CO2] it has exactly its shape', () => {
    const optional = ['sessionId', 'machineId', 'features']
    const message = { name: 'auth', schema: handshakeAuth, full: AUTH, optional }
    expect(shapeProblems({ ...message, unknown: 'pass' })).toEqual([])
  })

  test('[CO2] a client speaks for a session or for a machine', () => {
    const types = handshakeAuth.shape.clientType
    expect([...types.options].toSorted()).toEqual(['machine-scoped', 'session-scoped'])
    expect(handshakeAuth.safeParse({ token: 't', clientType: 'user-scoped' }).success).toBe(false)
  })

  test('[WI4] a client says that it wants patches; features of tomorrow pass', () => {
    const { features } = handshakeAuth.parse({ ...AUTH, features: ['of-tomorrow', 'patches'] })
    expect(features?.includes(PATCHES_FEATURE)).toBe(true)
    expect(handshakeAuth.safeParse({ ...AUTH, features: [7] }).success).toBe(false)
  })
})
