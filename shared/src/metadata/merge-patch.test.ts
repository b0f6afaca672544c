import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import type { Json, JsonObject } from './json.ts'
import { applyMergePatch } from './merge-patch.ts'

/** RFC 7396, appendix A: original, patch, result. */
const VECTORS: readonly (readonly [original: string, patch: string, result: string])[] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
]

function parse(text: string): Json {
  return JSON.parse(text) as Json
}

/** The RFC's pseudocode, put down a second time and in another way. */
function reference(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const keeps = typeof target === 'object' && target !== null && !Array.isArray(target)
  const result = new Map<string, unknown>(keeps ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name)
    else result.set(name, reference(result.get(name), value))
  }
  return Object.fromEntries(result)
}

// Few names, so that patches hit; some of them are inherited by every object.
const name = fc.constantFrom('a', 'b', 'c', '', 'toString', 'hasOwnProperty', 'length', '\u00E9', '10', '9')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.constant(null),
    fc.oneof(fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string()),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))
const json = value.map((drawn) => parse(JSON.stringify(drawn)))
const members = fc
  .dictionary(name, value, { maxKeys: 6, noNullPrototype: true })
  .map((drawn) => parse(JSON.stringify(drawn)) as JsonObject)

describe('RFC 7396', () => {
  test('[ME4] appendix A has 15 examples', () => {
    expect(VECTORS).toHaveLength(15)
  })

  test.each(VECTORS)('[ME4] %s with %s is %s', (original, patch, result) => {
    expect(applyMergePatch(parse(original), parse(patch))).toStrictEqual(parse(result))
  })

  test('[ME4] 10,000 random pairs come out as the reference says', () => {
    fc.assert(
      fc.property(json, fc.oneof(members, json), (target, patch) => {
        expect(applyMergePatch(target, patch)).toStrictEqual(reference(target, patch))
      }),
      { numRuns: 10_000 },
    )
  }, 60_000)
})

describe('what a patch leaves behind', () => {
  test('[ME4] neither argument is changed', () => {
    fc.assert(
      fc.property(json, members, (target, patch) => {
        const before = JSON.stringify([target, patch])
        applyMergePatch(target, patch)
        expect(JSON.stringify([target, patch])).toBe(before)
      }),
      { numRuns: 2000 },
    )
  })

  test('[ME4] the same patch twice is the same as once', () => {
    fc.assert(
      fc.property(json, members, (target, patch) => {
        const once = applyMergePatch(target, patch)
        expect(applyMergePatch(once, patch)).toStrictEqual(once)
      }),
      { numRuns: 2000 },
    )
  })

  test('[ME4] nothing to merge into is an empty object', () => {
    const merged = applyMergePatch(undefined, { a: { b: null, c: 1 }, d: null })
    expect(merged).toStrictEqual({ a: { c: 1 } })
  })

  test('[ME4] null inside a list is a value and stays', () => {
    expect(applyMergePatch({ a: 1 }, { a: [null, { b: null }] })).toStrictEqual({ a: [null, { b: null }] })
  })

  test('[ME4] a member that every object inherits is not there until it is set', () => {
    const merged = applyMergePatch({}, { toString: { a: 1 }, valueOf: null })
    expect(Object.keys(merged as JsonObject)).toEqual(['toString'])
    expect(JSON.stringify(merged)).toBe('{"toString":{"a":1}}')
  })
})
