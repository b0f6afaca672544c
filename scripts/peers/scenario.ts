import type { Checks } from './checks.ts'
import type { World } from './world.ts'

/** One story with the released client, in a world of its own. */
export interface Scenario {
  readonly name: string
  /** What it shows, in one line. */
  readonly shows: string
  /** Whether the hub means to send the client away for good in it. */
  readonly sendsAway?: true
  run(world: World, checks: Checks): Promise<void>
}
