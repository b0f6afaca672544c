/** The next number in [0, 1). */
export type Random = () => number

/** Mulberry32: small, and the same sequence for the same seed on every runtime. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** One seed out of several numbers, so that every part of a run has a sequence of its own. */
export function mixSeeds(...parts: number[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0), 0x01000193) >>> 0
    hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995) >>> 0
  }
  return hash
}

/** A whole number from 0 up to, and not including, `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export function between(random: Random, low: number, high: number): number {
  return low + below(random, high - low + 1)
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)]
  if (item === undefined) throw new RangeError('There is nothing to pick from.')
  return item
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

export function sample<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  const left = [...items]
  const taken: Item[] = []
  while (taken.length < count && left.length > 0) taken.push(...left.splice(below(random, left.length), 1))
  return taken
}
