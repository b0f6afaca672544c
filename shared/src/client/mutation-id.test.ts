import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { mutationIdSchema } from '../records/ids.ts'
import { FakeOutside } from './contract/fake-outside.ts'
import { MutationIds } from './mutation-id.ts'
import { realOutside } from './real-outside.ts'

function inOrder(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)
}

describe('mutation ids', () => {
  test('[VE5] an id has the shape that the hub takes', () => {
    const ids = new MutationIds(realOutside)
    for (let count = 0; count < 1000; count++)
      expect(mutationIdSchema.safeParse(ids.next()).success).toBe(true)
    expect(ids.next()).toHaveLength(26)
  })

  test('[VE5] ids sort by time, also between programs', () => {
    const outside = new FakeOutside()
    const made = [1, 63, 64, 4095, 4096, 1_750_000_000_000, 1_750_000_000_001, 2 ** 48 - 2].map((time) => {
      outside.time = time
      return new MutationIds(outside).next()
    })
    expect(inOrder(made)).toBe(true)
  })

  test('[VE5] each id sorts after the one before, whatever the clock does', () => {
    const times = fc.array(fc.oneof(fc.integer({ min: -10, max: 2 ** 48 + 10 }), fc.constant(5)), {
      minLength: 2,
    })
    fc.assert(
      fc.property(times, (steps) => {
        const outside = new FakeOutside()
        const ids = new MutationIds(outside)
        const made = steps.map((time) => {
          outside.time = time
          return ids.next()
        })
        expect(inOrder(made)).toBe(true)
      }),
    )
  })

  test('[VE5] a counter that is used up carries over into the time', () => {
    const ids = new MutationIds({ now: () => 1, randomBytes: (count) => new Uint8Array(count) })
    const made = Array.from({ length: 10_000 }, () => ids.next())
    expect(inOrder(made)).toBe(true)
  })

  test('[VE5] two programs that begin at the same instant make different ids', () => {
    const one = new MutationIds({ now: () => 1, randomBytes: (count) => new Uint8Array(count).fill(1) })
    const other = new MutationIds({ now: () => 1, randomBytes: (count) => new Uint8Array(count).fill(2) })
    expect(one.next()).not.toBe(other.next())
    expect(one.next().slice(0, 10)).toBe(other.next().slice(0, 10))
  })
})
