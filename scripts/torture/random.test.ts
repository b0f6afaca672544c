import { expect, test } from 'vitest'
import { below, between, mixSeeds, pick, sample, seeded } from './random.ts'

function take(seed: number): number[] {
  const random = seeded(seed)
  return Array.from({ length: 20 }, () => random())
}

test('one seed gives one sequence, another seed another', () => {
  expect(take(1)).toEqual(take(1))
  expect(take(1)).not.toEqual(take(2))
  expect(take(1).every((value) => value >= 0 && value < 1)).toBe(true)
})

test('numbers and picks stay in their range and reach all of it', () => {
  const random = seeded(3)
  const numbers = Array.from({ length: 500 }, () => between(random, 5, 9))
  expect([...new Set(numbers)].toSorted()).toEqual([5, 6, 7, 8, 9])
  expect(new Set(Array.from({ length: 500 }, () => below(random, 3)))).toEqual(new Set([0, 1, 2]))
  expect(new Set(Array.from({ length: 200 }, () => pick(random, ['a', 'b'])))).toEqual(new Set(['a', 'b']))
  expect(() => pick(random, [])).toThrow('nothing to pick')
})

test('a sample has no item twice and is no longer than what there is', () => {
  const items = [1, 2, 3, 4]
  expect(sample(seeded(1), items, 10).toSorted()).toEqual(items)
  expect(new Set(sample(seeded(1), items, 3)).size).toBe(3)
  expect(items).toEqual([1, 2, 3, 4])
})

test('mixed seeds differ by every part and by their order', () => {
  expect(new Set([mixSeeds(1, 2), mixSeeds(2, 1), mixSeeds(1, 3), mixSeeds(1), mixSeeds(1, 2, 0)]).size).toBe(
    5,
  )
})
