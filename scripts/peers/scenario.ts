import type { Checks } from './checks.ts'
import type { World } from './world.ts'

/** One story with the released client, in a world of its own. */
export interface Scenario {
  readonly name: string
  /** What it shows, in one line. */
  readonly shows: string
  run(world: World, checks: Checks): Promise<void>
}
