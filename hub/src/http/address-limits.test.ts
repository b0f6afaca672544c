import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AddressLimits, type Limits } from './address-limits.ts'

const LIMITS: Limits = { burst: 10, perSecond: 5, inFlight: 3, addresses: 4 }

function limits(some: Partial<Limits> = {}) {
  const clock = { time: 0 }
  const made = new AddressLimits({ ...LIMITS, ...some }, () => clock.time)
  /** Asks, and is answered at once. */
  const ask = (address = 'a'): boolean => {
    const entered = made.enter(address)
    if (entered.kind === 'entered') entered.leave()
    return entered.kind === 'entered'
  }
  return { clock, limits: made, ask }
}

describe('how much an address may ask', () => {
  test('[SE5] in no time more than the burst and what came back since', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 200 }), (steps) => {
        const { clock, ask } = limits()
        let passed = 0
        let taken = 0
        for (const step of steps) {
          clock.time += step
          passed += Math.max(0, step)
          if (ask()) taken += 1
        }
        expect(taken).toBeLessThanOrEqual(10 + (passed / 1000) * 5)
      }),
    )
  })

  test('[SE5] what came back can be used, and not saved beyond the burst', () => {
    const { clock, ask } = limits()
    for (let count = 0; count < 10; count += 1) expect(ask()).toBe(true)
    expect(ask()).toBe(false)
    clock.time += 200
    expect([ask(), ask()]).toEqual([true, false])
    clock.time += 3_600_000
    expect(Array.from({ length: 11 }, () => ask()).filter(Boolean)).toHaveLength(10)
  })

  test('[SE5] one address does not use up what is another one’s', () => {
    const { ask } = limits()
    while (ask('loud')) expect(ask('loud')).toBeDefined()
    expect(ask('quiet')).toBe(true)
  })

  test('[SE5] at most so many at once, and one that is answered makes room', () => {
    const { limits: made } = limits()
    const entered = Array.from({ length: 3 }, () => made.enter('a'))
    expect(made.enter('a')).toMatchObject({ kind: 'refused', code: 'rate_limited', limit: 3 })
    const [first] = entered
    if (first?.kind === 'entered') first.leave()
    expect(made.enter('a').kind).toBe('entered')
  })

  test('[SE5] remembers a bounded number of addresses, those that asked last', () => {
    const { limits: made, ask } = limits()
    while (ask('first')) expect(made.remembered).toBe(1)
    for (const address of ['b', 'c', 'd', 'first', 'e']) ask(address)
    expect(made.remembered).toBe(4)
    expect(ask('first')).toBe(false)
  })
})
