import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FailedAttempts } from './failed-attempts.ts'

const MINUTE_MS = 60_000

/** Wrong tokens of a few addresses, in the order of time. */
const attempts = fc
  .array(fc.record({ address: fc.constantFrom('a', 'b', 'c'), after: fc.nat(20_000) }), { maxLength: 300 })
  .map((steps) => {
    let at = 0
    return steps.map(({ address, after }) => ({ address, at: (at += after) }))
  })

test('[SE5] an address has twenty wrong tokens at once, then none until some have drained', () => {
  const failures = new FailedAttempts()
  const answers = Array.from({ length: 25 }, () => failures.note('a', 0))
  expect(answers.filter(Boolean)).toHaveLength(20)
  expect(failures.note('a', 2999)).toBe(false)
  expect(failures.note('a', 3000)).toBe(true)
  expect(failures.note('a', 3001)).toBe(false)
})

test('[SE5] a minute of quiet gives all of them back, however often it was tried before', () => {
  const failures = new FailedAttempts()
  for (let n = 0; n < 1000; n += 1) failures.note('a', 0)
  const answers = Array.from({ length: 25 }, () => failures.note('a', MINUTE_MS))
  expect(answers.filter(Boolean)).toHaveLength(20)
})

test('[SE5] within any stretch of time an address gets its share and no more', () => {
  fc.assert(
    fc.property(attempts, fc.integer({ min: 1, max: 20 }), (steps, perMinute) => {
      const failures = new FailedAttempts({ perMinute, addresses: 10 })
      const within = steps.filter(({ address, at }) => failures.note(address, at))
      for (const [from, first] of within.entries()) {
        const same = within.slice(from).filter(({ address }) => address === first.address)
        for (const [more, last] of same.entries()) {
          const share = perMinute + ((last.at - first.at) / MINUTE_MS) * perMinute
          expect(more + 1).toBeLessThanOrEqual(share + 1e-6)
        }
      }
    }),
  )
})

test('[SE5] what one address does changes nothing for another', () => {
  fc.assert(
    fc.property(attempts, (steps) => {
      const [together, alone] = [new FailedAttempts(), new FailedAttempts()]
      const answers = steps.map(({ address, at }) => ({ address, answer: together.note(address, at) }))
      const answersOfA = answers.filter(({ address }) => address === 'a').map(({ answer }) => answer)
      const byItself = steps.filter(({ address }) => address === 'a')
      expect(byItself.map(({ at }) => alone.note('a', at))).toEqual(answersOfA)
    }),
  )
})

test('[SE5] no more addresses are remembered than the bound says, the latest ones', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 200 }), (addresses) => {
      const failures = new FailedAttempts({ perMinute: 1, addresses: 5 })
      for (const address of addresses) failures.note(String(address), 0)
      expect(failures.remembered).toBeLessThanOrEqual(5)
      const latest = [...new Set(addresses.toReversed())].slice(0, 5)
      for (const address of latest.toReversed()) expect(failures.note(String(address), 0)).toBe(false)
    }),
  )
})

test('[SE5] a clock that is set back gives nothing back and takes nothing more', () => {
  const failures = new FailedAttempts({ perMinute: 2, addresses: 10 })
  expect([failures.note('a', MINUTE_MS), failures.note('a', 0), failures.note('a', 0)]).toEqual([
    true,
    true,
    false,
  ])
})
