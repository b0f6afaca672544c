import { expect, test } from 'vitest'
import { isSame, isSamePlace, type Place } from './place.ts'

const HERE: Place = { machineId: 'm1', runtimeId: 'r1', directory: '/work' }

test('[RV8] a place is the same where machine, runtime and directory are on record and equal', () => {
  expect(isSamePlace(HERE, { ...HERE })).toBe(true)
  for (const part of ['machineId', 'runtimeId', 'directory'] as const) {
    expect(isSamePlace(HERE, { ...HERE, [part]: 'other' })).toBe(false)
    const unknown = { ...HERE, [part]: null }
    expect(isSamePlace(HERE, unknown)).toBe(false)
    expect(isSamePlace(unknown, HERE)).toBe(false)
    expect(isSamePlace(unknown, unknown)).toBe(false)
  }
})

test('[RV8] what is not on record is the same as nothing', () => {
  expect(isSame('a', 'a')).toBe(true)
  expect(isSame('a', 'b')).toBe(false)
  expect(isSame(null, null)).toBe(false)
})
