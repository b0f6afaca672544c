import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonExtent } from './json-extent.ts'

const encoder = new TextEncoder()
const extentOf = (text: string) => jsonExtent(encoder.encode(text))

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return 1 + Object.values(value).reduce((sum: number, member: unknown) => sum + valuesIn(member), 0)
}

const ODD = fc.constantFrom('"', '\\', '[', ']{', '}', ',', '\\"[', '\u00e9\u4e2d', '\\\\')
const json = fc.jsonValue({ maxDepth: 8 })
const oddText = fc.array(ODD).map((parts) => parts.join(''))

describe('the extent of JSON', () => {
  test('[SE5] the depth is exactly the depth of the value', () => {
    fc.assert(
      fc.property(json, oddText, (value, text) => {
        const whole = [value, { [text]: text }]
        expect(extentOf(JSON.stringify(whole)).depth).toBe(depthOf(whole))
        expect(extentOf(JSON.stringify(whole, null, 2)).depth).toBe(depthOf(whole))
      }),
    )
  })

  test('[SE5] it never says fewer values than there are, and never twice as many', () => {
    fc.assert(
      fc.property(json, oddText, (value, text) => {
        const whole = [value, { [text]: text }]
        const { values } = extentOf(JSON.stringify(whole))
        expect(values).toBeGreaterThanOrEqual(valuesIn(whole))
        expect(values).toBeLessThanOrEqual(2 * valuesIn(whole))
      }),
    )
  })

  test.each([
    ['', 0],
    ['"[[[', 0],
    ['"\\', 0],
    [']]]', 0],
    ['[[[', 3],
    ['"\\""[', 1],
    [']][', 1],
  ])('[SE5] what is no JSON has one too: %s', (text, atLeast) => {
    expect(extentOf(text).depth).toBeLessThanOrEqual(atLeast)
  })
})
