import { median } from './statistics.ts'

export interface Lots {
  readonly lots: number
  /** How often in each lot. */
  readonly each: number
}

/** Does something over and over, which says how many milliseconds it took: the median of each lot. */
export async function timedLots(
  { lots, each }: Lots,
  timed: () => Promise<number>,
): Promise<readonly number[]> {
  const medians: number[] = []
  for (let lot = 0; lot < lots; lot += 1) {
    const times: number[] = []
    for (let at = 0; at < each; at += 1) times.push(await timed())
    medians.push(median(times))
  }
  return medians
}
