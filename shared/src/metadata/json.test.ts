import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { canonicalJson, isJsonObject, jsonEqual, type Json } from './json.ts'
import { jsonIdentity } from './json-identity.ts'

const json = fc.jsonValue({ maxDepth: 4 }).map((drawn) => JSON.parse(JSON.stringify(drawn)) as Json)

/** The same value with the members of every object in the opposite order. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(reordered)
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).toReversed()
  return Object.fromEntries(members.map(([name, member]) => [name, reordered(member)]))
}

function parse(text: string): Json {
  return JSON.parse(text) as Json
}

describe('jsonEqual', () => {
  test.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{"a":{"b":[1,{"c":null,"d":""}]}}', '{"a":{"b":[1,{"d":"","c":null}]}}'],
    ['0', '-0'],
    ['1', '1.0'],
    ['"\\u00e9"', '"\u00E9"'],
    ['{"__proto__":1}', '{"\\u005f_proto__":1}'],
    ['[]', '[]'],
    ['{}', '{}'],
  ])('[ME9] %s equals %s', (left, right) => {
    expect(jsonEqual(parse(left), parse(right))).toBe(true)
    expect(jsonEqual(parse(right), parse(left))).toBe(true)
  })

  test.each([
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,1]'],
    ['[]', '{}'],
    ['[null]', '{"0":null}'],
    ['["a"]', '{"0":"a"}'],
    ['null', '{}'],
    ['null', '0'],
    ['null', 'false'],
    ['""', 'null'],
    ['"1"', '1'],
    ['0', 'false'],
    ['{"a":null}', '{}'],
    ['{"a":null}', '{"b":null}'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['{"a":{"b":1}}', '{"a":{"b":2}}'],
    ['{"toString":null}', '{"a":null}'],
    ['{"__proto__":1}', '{"a":1}'],
    ['{"__proto__":{}}', '{"a":{}}'],
    ['"\u00E9"', '"e\u0301"'],
  ])('[ME9] %s does not equal %s', (left, right) => {
    expect(jsonEqual(parse(left), parse(right))).toBe(false)
    expect(jsonEqual(parse(right), parse(left))).toBe(false)
  })

  test('[ME10] a field that is not there equals only another that is not there', () => {
    expect(jsonEqual(undefined, undefined)).toBe(true)
    for (const value of [null, 0, '', false, [], {}]) {
      expect(jsonEqual(undefined, value)).toBe(false)
      expect(jsonEqual(value, undefined)).toBe(false)
    }
  })

  test('[ME9] the order of members never counts', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(jsonEqual(value, reordered(value))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe.each([
  ['canonicalJson', canonicalJson],
  ['jsonIdentity', jsonIdentity],
])('%s', (_, textOf) => {
  test('[ME9] it has one text for all that is equal, and another one for all that is not', () => {
    const pair = fc.oneof(
      fc.tuple(json, json),
      json.map((value): [Json, Json] => [value, reordered(value)]),
      fc.tuple(fc.constantFrom<Json>(0, null, '', [], {}), fc.constantFrom<Json>(0, null, '', [], {})),
    )
    let equal = 0
    fc.assert(
      fc.property(pair, ([left, right]) => {
        const same = jsonEqual(left, right)
        if (same) equal += 1
        expect(textOf(left) === textOf(right)).toBe(same)
      }),
      { numRuns: 5000 },
    )
    expect(equal).toBeGreaterThan(500)
  })

  test.each([
    ['["a","b"]', '["a,b"]'],
    ['["as","b"]', '["a","sb"]'],
    ['["s1:a"]', '["a"]'],
    ['[["a"],"b"]', '[["a","b"]]'],
    ['{"a":{"b":1},"c":2}', '{"a":{"b":1,"c":2}}'],
    ['{"a":"1:bn2;"}', '{"a":"","b":2}'],
    ['{"a":1,"b":"t"}', '{"a":1,"b":true}'],
    ['[12]', '[1,2]'],
    ['["t"]', '[true]'],
    ['{"ab":"c"}', '{"a":"bc"}'],
    ['{}', '[]'],
    ['"0"', 'null'],
    ['0', 'null'],
  ])('[ME9] %s and %s have different texts', (left, right) => {
    expect(textOf(parse(left))).not.toBe(textOf(parse(right)))
  })
})

describe('canonicalJson', () => {
  test('[ME9] it is JSON, and means the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(jsonEqual(parse(canonicalJson(value)), value)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('[ME9] members are in one order at every level, lists keep theirs', () => {
    expect(canonicalJson(parse('{"b":[2,1,{"z":0,"a":0}],"10":1,"9":2,"a":null}'))).toBe(
      '{"9":2,"10":1,"a":null,"b":[2,1,{"a":0,"z":0}]}',
    )
  })

  test('[ME9] a hostile name is written like any other', () => {
    expect(canonicalJson(parse('{"b":1,"__proto__":{"b":1,"a":2}}'))).toBe(
      '{"__proto__":{"a":2,"b":1},"b":1}',
    )
  })
})

describe('isJsonObject', () => {
  test('[ME8] only an object is one', () => {
    expect(isJsonObject({})).toBe(true)
    expect(isJsonObject(parse('{"a":1}'))).toBe(true)
    expect(isJsonObject(Object.create(null))).toBe(true)
    for (const value of [null, undefined, [], [{}], '{}', 0, false, () => ({})])
      expect(isJsonObject(value)).toBe(false)
  })
})
