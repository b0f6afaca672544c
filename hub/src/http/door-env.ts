import type { Context } from 'hono'
import type { Caller } from '../auth/caller.ts'
import type { HttpCounts } from './http-counts.ts'

/** What a request carries with it on its way through the door. */
export interface DoorEnv {
  readonly Bindings: {
    /** The peer's, as the runtime knows it. */
    readonly address: string
    readonly counts: HttpCounts
  }
  readonly Variables: {
    /** Set on every path that needs a token, before its route is reached. */
    readonly caller: Caller
  }
}

export type DoorContext = Context<DoorEnv>
