import { describe, expect, test } from 'vitest'
import { findLimitProblem, LIMITS, tooLarge, utf8Bytes, walkLimits } from './limits.ts'

const ROOM = LIMITS.documentBytes

function problemOf(value: unknown) {
  return findLimitProblem(value, ROOM)
}

/** So many lists inside each other, the outermost counted. */
function lists(levels: number): unknown {
  let value: unknown = []
  for (let level = 1; level < levels; level += 1) value = [value]
  return value
}

function objects(levels: number): unknown {
  let value: unknown = {}
  for (let level = 1; level < levels; level += 1) value = { a: value }
  return value
}

function members(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))
}

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 1)
}

/** What is wrong with a value that stands in a history map. */
function codeBelow(value: unknown): string | undefined {
  return problemOf({ conversationHistoryPoints: value })?.code
}

test('[ME11] the limits are those that are promised', () => {
  expect(LIMITS).toMatchObject({
    depth: 32,
    keys: 4096,
    keyBytes: 256,
    patchBytes: 262_144,
    documentBytes: 1_048_576,
    protectedBytes: 4096,
  })
})

describe('depth', () => {
  test.each([
    ['lists', lists],
    ['objects', objects],
  ])('[ME11] 32 levels of %s pass, 33 do not', (_, build) => {
    expect(problemOf(build(32))).toBeNull()
    expect(problemOf(build(33))).toMatchObject({ code: 'too_deep', limit: 32, actual: 33 })
  })

  test('[ME11] a scalar on the 33rd level is no further level', () => {
    let value: unknown = 'leaf'
    for (let level = 0; level < 32; level += 1) value = { a: value }
    expect(problemOf(value)).toBeNull()
    expect(problemOf([value])).toMatchObject({ code: 'too_deep' })
  })

  test('[ME11] the problem names the field, behind whatever comes before it', () => {
    const problem = problemOf({ first: 1, deep: lists(32), last: [[]] })
    expect(problem).toMatchObject({ code: 'too_deep', limit: 32, actual: 33 })
    expect(problem?.field).toMatch(/^\/deep\/0\/0\//)
  })

  test('[ME11] 100,000 levels do not overflow the stack', () => {
    for (const value of [lists(100_000), objects(100_000), { a: { b: lists(100_000) } }])
      expect(problemOf(value)?.code).toBe('too_deep')
  })

  test('[ME11] a value that holds itself is too deep', () => {
    const list: unknown[] = []
    for (let count = 0; count < 100; count += 1) list.push(list)
    const object: Record<string, unknown> = {}
    object['self'] = object
    expect(problemOf(list)).toMatchObject({ code: 'too_deep' })
    expect(problemOf(object)).toMatchObject({ code: 'too_deep', actual: 33 })
  })

  test('[ME11] lists that share their items end at the size limit', () => {
    let value: unknown = [1]
    for (let level = 1; level < 32; level += 1) value = [value, value]
    expect(problemOf(value)).toMatchObject({ code: 'too_large', limit: ROOM })
  })
})

describe('keys', () => {
  test('[ME11] 4,096 keys pass, 4,097 do not', () => {
    expect(problemOf(members(4096))).toBeNull()
    expect(problemOf(members(4097))).toMatchObject({
      code: 'too_many_keys',
      field: '/',
      limit: 4096,
      actual: 4097,
    })
  })

  test('[ME11] keys count wherever they are', () => {
    const half = members(2047)
    expect(problemOf({ a: half, b: [half] })).toBeNull()
    expect(problemOf({ a: half, b: [half, { one: 1 }] })).toMatchObject({
      code: 'too_many_keys',
      limit: 4096,
      actual: 4097,
    })
  })

  test('[ME11] the object that passes the limit is named', () => {
    expect(problemOf({ small: { a: 1 }, large: members(5000) })?.field).toBe('/large')
  })

  test('[ME11] a million keys are refused with their number', () => {
    expect(problemOf({ tools: members(1_000_000) })).toMatchObject({
      code: 'too_many_keys',
      field: '/tools',
      limit: 4096,
      actual: 1_000_001,
    })
  })

  test.each(['conversationHistoryPoints', 'conversationHistoryIndexes', 'conversationHistoryOfTomorrow'])(
    '[ME11] keys below %s are outside the count',
    (name) => {
      expect(problemOf({ [name]: members(5000), ...members(4095) })).toBeNull()
      expect(problemOf({ [name]: { turns: [members(5000)] }, ...members(4095) })).toBeNull()
      expect(problemOf({ [name]: members(5000), ...members(4096) })).toMatchObject({
        code: 'too_many_keys',
        actual: 4097,
      })
    },
  )

  test('[ME11] a history map counts when it is not at the top', () => {
    expect(problemOf({ inner: { conversationHistoryPoints: members(4095) } })).toMatchObject({
      code: 'too_many_keys',
      actual: 4097,
      field: '/inner/conversationHistoryPoints',
    })
    expect(problemOf({ history: members(4096) })).toMatchObject({ code: 'too_many_keys' })
  })

  test('[ME11] all other limits hold below a history map', () => {
    expect(codeBelow(lists(32))).toBe('too_deep')
    expect(codeBelow({ ['k'.repeat(257)]: 1 })).toBe('key_too_long')
    expect(codeBelow({ a: JSON.parse('{"__proto__":1}') })).toBe('forbidden_key')
    expect(codeBelow({ a: '\uD800' })).toBe('invalid_field')
    expect(codeBelow('x'.repeat(ROOM))).toBe('too_large')
  })
})

describe('the length of a key', () => {
  test.each([
    ['ASCII', 'k'.repeat(256), 'k'.repeat(257), 257],
    ['two bytes each', '\u00E9'.repeat(128), `${'\u00E9'.repeat(128)}k`, 257],
    ['three bytes each', `${'\u20AC'.repeat(85)}k`, `${'\u20AC'.repeat(85)}kk`, 257],
    ['four bytes each', '\u{1F600}'.repeat(64), `${'\u{1F600}'.repeat(64)}k`, 257],
    ['far too long', 'k'.repeat(256), 'k'.repeat(100_000), 100_000],
  ])('[ME11] 256 bytes pass, more do not: %s', (_, fits, tooLong, actual) => {
    expect(utf8Bytes(fits)).toBe(256)
    expect(problemOf({ [fits]: 1 })).toBeNull()
    expect(problemOf({ a: [{ [fits]: 1 }] })).toBeNull()
    expect(problemOf({ [tooLong]: 1 })).toMatchObject({ code: 'key_too_long', limit: 256, actual })
    const inside = problemOf({ a: [{ [tooLong]: 1 }] })
    expect(inside).toMatchObject({ code: 'key_too_long', limit: 256, actual })
    expect(inside?.field.startsWith(`/a/0/${tooLong.slice(0, 8)}`)).toBe(true)
  })

  test('[ME11] the empty key is a key like any other', () => {
    expect(problemOf({ '': { '': 1 } })).toBeNull()
  })
})

describe('size', () => {
  test('[ME11] a text of exactly the limit passes, one character more does not', () => {
    expect(findLimitProblem('x'.repeat(98), 100)).toBeNull()
    expect(findLimitProblem('x'.repeat(99), 100)).toMatchObject({
      code: 'too_large',
      field: '/',
      limit: 100,
      actual: 101,
    })
  })

  test('[ME11] a list of exactly the limit passes, one item more does not', () => {
    expect(findLimitProblem(ones(50), 101)).toBeNull()
    expect(findLimitProblem(ones(51), 101)).toMatchObject({ code: 'too_large', limit: 101 })
  })

  test('[ME11] an object of exactly the limit passes, one character more does not', () => {
    expect(findLimitProblem({ key: 'value' }, JSON.stringify({ key: 'value' }).length)).toBeNull()
    expect(findLimitProblem({ key: 'value' }, 13)).toMatchObject({ code: 'too_large', limit: 13, actual: 14 })
  })

  test('[ME11] a patch and a document have limits of their own', () => {
    const text = 'x'.repeat(LIMITS.patchBytes)
    expect(findLimitProblem({ text }, LIMITS.documentBytes)).toBeNull()
    expect(findLimitProblem({ text }, LIMITS.patchBytes)).toMatchObject({
      code: 'too_large',
      limit: 262_144,
      field: '/',
    })
    expect(problemOf({ text: 'x'.repeat(ROOM) })).toMatchObject({ code: 'too_large', limit: 1_048_576 })
  })

  test('[ME11] a list of two million scalars is refused by its length', () => {
    expect(problemOf({ list: ones(2_000_000) })).toMatchObject({
      code: 'too_large',
      limit: ROOM,
    })
  })

  test('[ME11] the problem of a size that was measured elsewhere looks the same', () => {
    expect(tooLarge(11, 10, '/summary')).toMatchObject({
      code: 'too_large',
      field: '/summary',
      limit: 10,
      actual: 11,
    })
    expect(tooLarge(11, 10).field).toBe('/')
  })
})

describe('wider and narrower bounds', () => {
  test('[ME11] the bounds that are given are the ones that are named', () => {
    const bounds = { depth: 2, keys: 3 }
    expect(findLimitProblem({ a: { b: 1, c: 2 } }, ROOM, bounds)).toBeNull()
    expect(findLimitProblem({ a: [{ b: 1 }] }, ROOM, bounds)).toMatchObject({
      code: 'too_deep',
      field: '/a/0',
      limit: 2,
      actual: 3,
    })
    expect(findLimitProblem({ a: { b: 1, c: 2, d: 3 } }, ROOM, bounds)).toMatchObject({
      code: 'too_many_keys',
      field: '/a',
      limit: 3,
      actual: 4,
    })
    expect(findLimitProblem(lists(100), ROOM, { depth: 100, keys: 0 })).toBeNull()
  })

  test('[ME11] the walk tells how much it went through', () => {
    expect(walkLimits({ a: 'bc' }, ROOM)).toEqual({ problem: null, bytes: 9 })
    expect(walkLimits('', ROOM)).toEqual({ problem: null, bytes: 2 })
    const { problem, bytes } = walkLimits('x'.repeat(50), 10)
    expect(problem).toMatchObject({ code: 'too_large', actual: bytes })
  })
})
