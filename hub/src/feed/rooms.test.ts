import { describe, expect, test } from 'vitest'
import { machineRoom, patchesRoom, sessionOfRoom, wholeRoom } from './rooms.ts'

const KEYS = [
  { namespace: 'default', session: 's' },
  { namespace: 'a', session: 'b,c' },
  { namespace: 'a,b', session: 'c' },
  { namespace: 'a","b', session: 'c' },
  { namespace: 'default', session: '["patches","default","s"]' },
]

describe('names of rooms', () => {
  test('[SE2] every session of every namespace has rooms of its own, and machines have others', () => {
    const rooms = KEYS.flatMap((key) => [
      patchesRoom(key),
      wholeRoom(key),
      machineRoom({ namespace: key.namespace, machine: key.session }),
    ])
    expect(new Set(rooms).size).toBe(rooms.length)
  })

  test('[SE2] a room of a session says whose it is', () => {
    for (const key of KEYS) {
      expect(sessionOfRoom(patchesRoom(key))).toEqual(key)
      expect(sessionOfRoom(wholeRoom(key))).toEqual(key)
    }
  })

  test('[SE2] the room of a machine, and of a connection alone, is no session', () => {
    expect(sessionOfRoom(machineRoom({ namespace: 'default', machine: 'm' }))).toBeNull()
    expect(sessionOfRoom('Xk2_9aQ-fT4zXyQKAAAB')).toBeNull()
  })
})
