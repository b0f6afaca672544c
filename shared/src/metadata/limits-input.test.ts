import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { jsonEqual, type Json } from './json.ts'
import { findLimitProblem, LIMITS, MAX_ESCAPE, utf8Bytes, walkLimits, type LimitProblem } from './limits.ts'

const ROOM = LIMITS.documentBytes

function problemOf(value: unknown): LimitProblem | null {
  return findLimitProblem(value, ROOM)
}

describe('forbidden keys', () => {
  const places: readonly (readonly [where: string, text: (key: string) => string, field: string])[] = [
    ['at the top', (key) => `{"${key}":{"polluted":1}}`, '/'],
    ['in a field', (key) => `{"metadata":{"${key}":1}}`, '/metadata/'],
    ['in a list', (key) => `{"a":[1,{"b":{"${key}":null}}]}`, '/a/1/b/'],
    ['beside what is allowed', (key) => `{"path":"/p","${key}":"x","host":"h"}`, '/'],
  ]
  const spelled = [
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['prototype', 'prototype'],
    ['__proto__', '\\u005f_proto__'],
    ['constructor', '\\u0063onstructor'],
  ] as const
  const cases = places.flatMap(([where, text, field]) =>
    spelled.map(([key, written]) => [written, where, text(written), field + key] as const),
  )

  test.each(cases)('[ME11] "%s" %s is refused and named', (_, where, text, field) => {
    expect(where).not.toBe('')
    expect(problemOf(JSON.parse(text))).toMatchObject({ code: 'forbidden_key', field })
  })

  test('[ME11] they are refused on the deepest level that is allowed', () => {
    let value: unknown = JSON.parse('{"__proto__":1}')
    for (let level = 1; level < 32; level += 1) value = [value]
    expect(problemOf(value)).toMatchObject({ code: 'forbidden_key' })
  })

  test('[ME11] they may be values, and names that only look alike pass', () => {
    expect(problemOf({ a: '__proto__', b: ['constructor', 'prototype'] })).toBeNull()
    expect(problemOf({ proto: 1, Constructor: 1, toString: 1, hasOwnProperty: 1, __proto: 1 })).toBeNull()
  })

  test('[ME11] an inherited member is no key', () => {
    const bare: unknown = Object.assign(Object.create(null) as object, { a: 1 })
    expect(problemOf(bare)).toBeNull()
    expect(problemOf({})).toBeNull()
  })
})

describe('text', () => {
  test.each([
    ['the first half of a pair', '\uD800'],
    ['the second half of a pair', 'a\uDC00b'],
    ['a pair in the wrong order', '\uDE00\uD83D'],
    ['NUL', '\u0000'],
    ['NUL in the middle', 'before\u0000after'],
  ])('[ME11] %s is refused in a value and in a key', (_, text) => {
    expect(problemOf({ a: [{ b: text }] })).toMatchObject({ code: 'invalid_field', field: '/a/0/b' })
    expect(problemOf(JSON.parse(JSON.stringify({ a: text })))).toMatchObject({
      code: 'invalid_field',
      field: '/a',
    })
    const inKey = problemOf({ outer: { [text]: 1 } })
    expect(inKey?.code).toBe('invalid_field')
    expect(inKey?.field).toMatch(/^\/outer\/./)
    expect(inKey?.field.isWellFormed()).toBe(true)
    expect(inKey?.field.includes('\u0000')).toBe(false)
  })

  test('[ME11] a lone half that JSON spells as an escape is found', () => {
    expect(problemOf(JSON.parse('{"a":"\\ud800"}'))).toMatchObject({ code: 'invalid_field', field: '/a' })
    expect(problemOf(JSON.parse('{"a":"\\u0000"}'))).toMatchObject({ code: 'invalid_field', field: '/a' })
  })

  test('[ME11] all other text passes', () => {
    const texts = [
      '',
      ' ',
      '\u{1F600}',
      '\u0001\u001F\u007F',
      '\u2028\u2029',
      '\uFEFF',
      '\uFFFD',
      '\uFFFF',
      '"\\/',
    ]
    expect(problemOf({ texts, ...Object.fromEntries(texts.map((text) => [text, text])) })).toBeNull()
  })
})

describe('numbers', () => {
  test.each([
    ['infinity', Infinity],
    ['minus infinity', -Infinity],
    ['not a number', NaN],
    ['1e400', JSON.parse('1e400') as number],
    ['9007199254740993', JSON.parse('9007199254740993') as number],
    ['the first integer that is not safe', 2 ** 53],
    ['the same below zero', -(2 ** 53)],
    ['1e21', 1e21],
  ])('[ME11] %s is refused', (_, number) => {
    expect(problemOf({ a: { n: number } })).toMatchObject({ code: 'invalid_field', field: '/a/n' })
    expect(problemOf(number)).toMatchObject({ code: 'invalid_field' })
  })

  test.each([0, -0, 1, -1, 0.1, 1.5, 5e-324, -1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
    '[ME11] %s passes',
    (number) => {
      expect(problemOf({ n: number })).toBeNull()
    },
  )
})

describe('what is not JSON', () => {
  class Own {
    readonly a = 1
  }
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['an invalid date', new Date(NaN)],
    ['a buffer', Buffer.from('x')],
    ['a typed array', new Uint8Array(3)],
    ['an array buffer', new ArrayBuffer(3)],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1])],
    ['a regular expression', /a/],
    ['an error', new Error('e')],
    ['a boxed text', Object('x')],
    ['a boxed number', Object(1)],
    ['an instance of a class', new Own()],
    ['an object with a prototype of its own', Object.create({ a: 1 })],
    ['a hole in a list', Object.assign([1, 2], { length: 3 })],
  ])('[ME11] %s is refused wherever it is', (_, value) => {
    expect(problemOf(value)?.code).toBe('invalid_field')
    const inside = problemOf({ a: [0, { b: value }] })
    expect(inside?.code).toBe('invalid_field')
    expect(inside?.field.startsWith('/a/1/b')).toBe(true)
  })

  test('[ME11] an object that says how it becomes JSON is refused for its function', () => {
    expect(problemOf({ a: { toJSON: () => 'other' } })).toMatchObject({ field: '/a/toJSON' })
  })
})

describe('the field of a problem', () => {
  test('[ME11] it is a JSON pointer', () => {
    expect(problemOf({ 'a/b': { 'c~d': [NaN] } })?.field).toBe('/a~1b/c~0d/0')
  })

  test('[ME11] it is at most 80 characters, and whole ones', () => {
    for (let pad = 70; pad <= 80; pad += 1) {
      const field = problemOf({ [`${'k'.repeat(pad)}\u{1F600}\u{1F600}`]: { more: NaN } })?.field ?? ''
      expect(field.startsWith('/kkkk')).toBe(true)
      expect(field.length).toBeLessThanOrEqual(80)
      expect(field.isWellFormed()).toBe(true)
    }
  })

  test('[ME11] it moves no cursor and breaks no line', () => {
    const field = problemOf({ 'a\n\u001B[2J\u202E\u2028b': NaN })?.field ?? ''
    expect(field).toMatch(/^\/a.+b$/)
    expect(/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(field)).toBe(false)
  })
})

const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'toJSON',
  'length',
  '',
  '\u0000',
  '\uD800',
  'k'.repeat(257),
  'conversationHistoryPoints',
)
const anything = fc.anything({
  key: fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 4 })),
  maxDepth: 5,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
})
const { jsonValue } = fc.letrec<{ jsonValue: unknown }>((tie) => ({
  jsonValue: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double(), fc.string(), nasty),
    fc.array(tie('jsonValue'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(nasty, fc.string()), tie('jsonValue'), { maxKeys: 4 }),
  ),
}))

/** What is wrong with the walk's answer; what passes must come back from its JSON text as it was. */
function flawOf(value: unknown): string | null {
  const problem = problemOf(value)
  if (problem === null) {
    const text = JSON.stringify(value)
    return jsonEqual(JSON.parse(text) as Json, value as Json) ? null : 'it let through what is not JSON'
  }
  const { field, message, limit, actual } = problem
  if (!field.startsWith('/') || field.length > 80) return `its field is "${field}"`
  if (!field.isWellFormed() || !message.isWellFormed()) return 'its text is not well formed'
  if (limit !== undefined && !(actual !== undefined && actual > limit))
    return `${actual} is not over ${limit}`
  return null
}

describe('any input', () => {
  test('[ME11] nothing makes the walk throw', () => {
    let passed = 0
    fc.assert(
      fc.property(anything, (value) => {
        expect(flawOf(value)).toBeNull()
        if (problemOf(value) === null) passed += 1
      }),
      { numRuns: 10_000 },
    )
    expect(passed).toBeGreaterThan(100)
  }, 60_000)

  test('[ME11] no JSON with hostile names makes the walk throw', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(flawOf(value)).toBeNull()
        expect(flawOf(JSON.parse(JSON.stringify(value)))).toBeNull()
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)

  test('[ME11] every forbidden name that JSON text can carry is found', () => {
    const forbidden = fc.constantFrom('__proto__', 'constructor', 'prototype')
    const step = fc.oneof(fc.string({ maxLength: 5 }), fc.constant(null))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), forbidden, (path, key) => {
        let text = `{"${key}":{}}`
        for (const name of path) text = name === null ? `[1,${text}]` : `{${JSON.stringify(name)}:${text}}`
        expect(problemOf(JSON.parse(text))?.code).toBe('forbidden_key')
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    -0.0000010279310290398901,
    -1.7976931348623157e308,
    false,
    '\u0001'.repeat(9),
    [[], {}],
    { '': {} },
  ])('[ME11] the JSON text of %j takes at most so many times what the walk counts', (value) => {
    const { bytes } = walkLimits(value, ROOM)
    expect(utf8Bytes(JSON.stringify(value))).toBeLessThanOrEqual(bytes * MAX_ESCAPE)
  })

  test('[ME11] the size that the walk counts is never more than the JSON text takes, and not far from it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const { problem, bytes } = walkLimits(value, ROOM)
        fc.pre(problem === null)
        const exact = utf8Bytes(JSON.stringify(value))
        expect(bytes).toBeLessThanOrEqual(exact)
        // The braces of an empty document are the only bytes that nothing counts.
        expect(exact).toBeLessThanOrEqual(Math.max(2, bytes * MAX_ESCAPE))
        expect(findLimitProblem(value, exact)).toBeNull()
      }),
      { numRuns: 5000 },
    )
  })
})
