import { expect, test } from 'vitest'
import { CallOrder } from './call-order.ts'

test('[RU3] what an earlier call said is no news after a later one, in whichever order they are heard', () => {
  const order = new CallOrder()
  const [first, second] = [order.begin(), order.begin()]
  expect(order.isNews('a', second)).toBe(true)
  expect(order.isNews('b', first)).toBe(true)
  expect(order.isNews('a', first)).toBe(false)
  expect(order.isNews('a', second)).toBe(true)
})

test('[RU3] one call may outlast many, and what it says is old all the same', () => {
  const order = new CallOrder()
  const slow = order.begin()
  for (let at = 0; at < 3000; at += 1) {
    const call = order.begin()
    order.isNews(`run ${at}`, call)
    order.ended(call)
  }
  expect([order.isNews('run 0', slow), order.isNews('run 2999', slow), order.isNews('other', slow)]).toEqual([
    false,
    false,
    true,
  ])
  order.ended(slow)
  expect(order.isNews('run 0', order.begin())).toBe(true)
})
