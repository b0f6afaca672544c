export interface BackoffRange {
  readonly firstMs: number
  readonly mostMs: number
}

/**
 * How long to wait before the next try: twice as long after each failure, up to the most, and half of it by chance, so
 * that those who failed together do not come back together. `failures` counts from 1, `chance` is in [0, 1).
 */
export function backoffMs(failures: number, { firstMs, mostMs }: BackoffRange, chance: number): number {
  const whole = Math.min(mostMs, firstMs * 2 ** (failures - 1))
  return whole / 2 + (chance * whole) / 2
}
