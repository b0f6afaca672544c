import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../metadata/json.ts'
import { findLimitProblem } from '../../metadata/limits.ts'
import { repairText } from './repair-text.ts'

const DEEP = 100_000

/** JSON whose keys and strings are full of halves of surrogate pairs and of NUL. */
const broken = fc.string({
  unit: fc.constantFrom('a', '\u0000', '\ud83d', '\ude00', '\ud800', '\ufffd', '\u{1F600}'),
  maxLength: 6,
})
const anyJson = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    broken,
    fc.constantFrom<Json>(null, true, 1.5, ''),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(broken, fc.constant('__proto__')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value

/** The same by the text of the value, where a lone half is written as an escape. */
function byText(value: Json): Json {
  const text = JSON.stringify(value).replaceAll(/\\\\|\\u(d[89a-f][0-9a-f]{2}|0000)/g, (match, escaped) =>
    escaped === undefined ? match : '\ufffd',
  )
  return JSON.parse(text) as Json
}

const hasNoTwin = (value: Json) => JSON.stringify(byText(value)).length === withoutLoss(value).length
function withoutLoss(value: Json): string {
  return JSON.stringify(value).replaceAll(/\\\\|\\u(d[89a-f][0-9a-f]{2}|0000)/g, (match, escaped) =>
    escaped === undefined ? match : '\ufffd',
  )
}

function nested(leaf: unknown, wrap: (inner: unknown) => unknown): unknown {
  let value = leaf
  for (let level = 0; level < DEEP; level++) value = wrap(value)
  return value
}

describe('repairing text', () => {
  test.each<[string, unknown, unknown]>([
    ['a title cut in an emoji', { summary: { text: 'done \ud83d' } }, { summary: { text: 'done \ufffd' } }],
    ['the second half alone', '\ude00x', '\ufffdx'],
    ['halves in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
    ['a NUL', ['a\u0000b', '\u0000\u0000'], ['a\ufffdb', '\ufffd\ufffd']],
    ['a key', { 'k\ud800': 1, 'n\u0000': 2 }, { 'k\ufffd': 1, 'n\ufffd': 2 }],
    ['keys in lists', [[{ '\ud800': ['\u0000'] }]], [[{ '\ufffd': ['\ufffd'] }]]],
  ])('[CO9] %s', (_, value, repaired) => {
    expect(repairText(value)).toEqual(repaired)
  })

  test('[CO9] what was right is the same object, and right pairs are left alone', () => {
    for (const value of [{ a: ['\u{1F600}', { b: null }] }, [], {}, { '\u{1F600}': 1 }])
      expect(repairText(value) === value).toBe(true)
    for (const value of ['\u{1F600}', '', 7, null, true, undefined]) expect(repairText(value)).toBe(value)
  })

  test('[CO9] a key that was right is not overwritten by one that became the same; else the last stays', () => {
    expect(repairText({ 'k\ufffd': 'right', 'k\ud800': 'broken' })).toEqual({ 'k\ufffd': 'right' })
    expect(repairText({ 'k\ud800': 'broken', 'k\ufffd': 'right' })).toEqual({ 'k\ufffd': 'right' })
    expect(repairText({ 'k\ud800': 'first', 'k\u0000': 'last' })).toEqual({ 'k\ufffd': 'last' })
  })

  test('[CO9] a key named __proto__ stays a key, for the limits walk to refuse', () => {
    const value: unknown = JSON.parse('{"a":"\\ud800","__proto__":{"polluted":true}}')
    const repaired = repairText(value) as object
    expect(Object.getPrototypeOf(repaired) === Object.prototype).toBe(true)
    expect(Object.keys(repaired)).toEqual(['a', '__proto__'])
    expect(findLimitProblem(repaired, 1000)?.code).toBe('forbidden_key')
  })

  test('[CO9] what is no JSON is passed on as it is', () => {
    const date = new Date(0)
    const bytes = new Uint8Array(3)
    const repaired = repairText({ text: '\ud800', date, bytes }) as { date: unknown; bytes: unknown }
    expect(repaired.date === date && repaired.bytes === bytes).toBe(true)
    expect(repairText(date) === date).toBe(true)
  })

  test.each<[string, (inner: unknown) => unknown]>([
    ['lists', (inner) => [inner]],
    ['objects', (inner) => ({ 'k\u0000': inner })],
  ])('[CO9] 100,000 levels of %s do not overflow the stack', (_, wrap) => {
    let value: unknown = repairText(nested('end \ud800', wrap))
    let levels = 0
    for (; typeof value === 'object' && value !== null; levels++) {
      const [[key, inner] = ['', null]] = Object.entries(value)
      expect(key === '0' || key === 'k\ufffd').toBe(true)
      value = inner
    }
    expect([levels, value]).toEqual([DEEP, 'end \ufffd'])
  })

  test('[CO9] 100,000 levels with nothing to repair are the same object', () => {
    const value = nested('fine', (inner) => ({ k: [inner] }))
    expect(repairText(value) === value).toBe(true)
  })

  test('[CO9] afterwards the limits walk finds no text that can not be stored', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const before = JSON.stringify(value)
        const problem = findLimitProblem(repairText(value), 1_000_000)
        expect(problem === null || problem.code === 'forbidden_key').toBe(true)
        expect(JSON.stringify(value)).toBe(before)
      }),
      { numRuns: 500 },
    )
  })

  test('[CO9] a repaired value needs no repair, and a value is the same object exactly when it needed none', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const repaired = repairText(value)
        expect(repairText(repaired) === repaired).toBe(true)
        const isRight = JSON.stringify(repaired) === JSON.stringify(value)
        expect(repaired === value).toBe(isRight)
      }),
      { numRuns: 500 },
    )
  })

  test('[CO9] but for keys that become the same it agrees with a repair of the JSON text', () => {
    fc.assert(
      fc.property(anyJson.filter(hasNoTwin), (value) => {
        expect(repairText(value)).toEqual(byText(value))
      }),
      { numRuns: 500 },
    )
  })
})
