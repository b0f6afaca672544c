import { describe, expect, test } from 'vitest'
import { assert, must, unreachable } from './assert.ts'
import { ERRORS, type ErrorCode } from './codes.ts'
import { HoldfastError, refuse } from './holdfast-error.ts'

const table = Object.entries(ERRORS) as [ErrorCode, { http: number; retry: string }][]

describe('the error table', () => {
  test.each<[string, number]>([
    ['session_not_found', 404],
    ['version_mismatch', 409],
    ['protected_field', 422],
    ['invalid_field', 422],
    ['too_large', 413],
    ['unknown_flavor', 422],
  ])('[WI7] %s is %d', (code, http) => {
    expect(new Map<string, { http: number }>(table).get(code)?.http).toBe(http)
  })

  test.each(table)(
    '[WI7] %s has a name for programs, a status of an error, and a word on retrying',
    (code, entry) => {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(entry.http).toBeGreaterThanOrEqual(400)
      expect(entry.http).toBeLessThan(600)
      expect(['never', 'backoff', 'refetch', 'resync', 'same-mutation']).toContain(entry.retry)
    },
  )

  test('[WI7] what the caller did wrong is not cured by sending it again, except too much at once and while another run is there', () => {
    const again = table.filter(([, { http, retry }]) => http < 500 && http !== 429 && retry === 'backoff')
    expect(again.map(([code]) => code)).toEqual(['run_in_progress'])
  })

  test('[ME11] every limit has a code of its own', () => {
    const limits: ErrorCode[] = ['too_deep', 'too_many_keys', 'key_too_long', 'forbidden_key', 'too_large']
    for (const code of limits) expect(ERRORS[code].retry).toBe('never')
  })
})

describe('errors', () => {
  test('[WI7] an error carries its code, its status, its word on retrying and its cause', () => {
    const cause = new Error('disk')
    const error = new HoldfastError('storage_full', 'The disk is full.', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe('HoldfastError')
    expect(error.message).toBe('The disk is full.')
    expect([error.code, error.http, error.retry]).toEqual(['storage_full', 507, 'backoff'])
    expect(error.cause).toBe(cause)
  })

  test.each(table)('[WI7] status and retry of %s are those of the table', (code, entry) => {
    const error = new HoldfastError(code, 'text')
    expect({ http: error.http, retry: error.retry }).toEqual(entry)
    expect(error.cause).toBeUndefined()
  })

  test('[WI7] a refusal says what, and where it is known: the field, the limit and the actual value', () => {
    expect(refuse('too_deep', 'Too deep.')).toEqual({
      kind: 'refused',
      code: 'too_deep',
      message: 'Too deep.',
    })
    expect(refuse('too_deep', 'Too deep.', { field: '/a', limit: 32, actual: 33 })).toEqual({
      kind: 'refused',
      code: 'too_deep',
      message: 'Too deep.',
      field: '/a',
      limit: 32,
      actual: 33,
    })
  })
})

describe('bugs of ours', () => {
  test('a condition that does not hold throws its message', () => {
    expect(() => assert(false, 'the row is there')).toThrow('Bug: the row is there')
    expect(() => assert(true, 'the row is there')).not.toThrow()
  })

  test('what must be there is handed on, unless it is null or undefined', () => {
    for (const value of [0, '', false, NaN, {}]) expect(must(value, 'x')).toBe(value)
    for (const value of [null, undefined]) expect(() => must(value, 'a head')).toThrow('Bug: a head')
  })

  test('what can not be reached names the value that got there', () => {
    expect(() => unreachable('purple' as never)).toThrow('"purple"')
  })
})
