import { describe, expect, test } from 'vitest'
import { TestClock } from '../store/contract/test-store.ts'
import { TokenBucket } from './token-bucket.ts'

function taken(bucket: TokenBucket, tries: number): number {
  let count = 0
  for (let at = 0; at < tries; at += 1) if (bucket.take()) count += 1
  return count
}

describe('a token bucket', () => {
  test('[SE5] lets its burst through and no more', () => {
    const clock = new TestClock()
    expect(taken(new TokenBucket({ burst: 5, perSecond: 1 }, clock.now), 20)).toBe(5)
  })

  test('[SE5] fills at its rate, up to its burst', () => {
    const clock = new TestClock()
    const bucket = new TokenBucket({ burst: 5, perSecond: 2 }, clock.now)
    taken(bucket, 20)
    clock.move(1500)
    expect(taken(bucket, 20)).toBe(3)
    clock.move(3_600_000)
    expect(taken(bucket, 20)).toBe(5)
  })

  test('[SE5] a clock that is set back neither fills nor blocks it', () => {
    const clock = new TestClock()
    const bucket = new TokenBucket({ burst: 2, perSecond: 1 }, clock.now)
    taken(bucket, 20)
    clock.move(-3_600_000)
    expect(taken(bucket, 20)).toBe(0)
    clock.move(1000)
    expect(taken(bucket, 20)).toBe(1)
  })
})
