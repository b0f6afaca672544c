import { describe, expect, test } from 'vitest'
import { TestClock } from '../store/contract/test-store.ts'
import { Leases } from './leases.ts'

const A = { namespace: 'default', run: 'a' }
const B = { namespace: 'default', run: 'b' }

function leases(): { clock: TestClock; held: Leases } {
  const clock = new TestClock()
  return { clock, held: new Leases(1000, clock.now) }
}

describe('a lease', () => {
  test('[RU3] is held until its time is over, and each heartbeat begins it anew', () => {
    const { clock, held } = leases()
    held.hold(A)
    clock.move(999)
    expect([held.isHeld(A), held.lapsed()]).toEqual([true, []])
    held.hold(A)
    clock.move(999)
    expect(held.isHeld(A)).toBe(true)
    clock.move(1)
    expect([held.isHeld(A), held.lapsed()]).toEqual([false, [A]])
  })

  test('[RU3] one that is over stays known until it is released or held anew', () => {
    const { clock, held } = leases()
    held.hold(A)
    held.hold(B)
    clock.move(1000)
    expect(held.lapsed()).toEqual([A, B])
    held.release(A)
    held.hold(B)
    expect([held.lapsed(), held.has(A), held.has(B), held.count]).toEqual([[], false, true, 1])
  })

  test('[RI1] may be held for another time than the usual one', () => {
    const { clock, held } = leases()
    held.hold(A, 5000)
    held.hold(B)
    clock.move(1000)
    expect(held.lapsed()).toEqual([B])
    clock.move(4000)
    expect(held.lapsed()).toEqual([A, B])
  })

  test('[SE2] the same run of another namespace is another one', () => {
    const { held } = leases()
    held.hold(A)
    expect(held.isHeld({ namespace: 'other', run: 'a' })).toBe(false)
    held.release({ namespace: 'other', run: 'a' })
    expect(held.isHeld(A)).toBe(true)
  })

  test('[RU3] nobody has one who never got one', () => {
    const { held } = leases()
    expect([held.isHeld(A), held.has(A), held.lapsed()]).toEqual([false, false, []])
  })
})
