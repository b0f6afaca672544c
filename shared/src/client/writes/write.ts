import type { HoldfastError } from '../../errors/holdfast-error.ts'
import type { ChangesOn } from '../fields.ts'
import type { Link } from '../link.ts'
import type { SessionDocument } from '../session-document.ts'
import type { Answer } from './answer.ts'

/** The fields whose value a write may move; `all` where that is not known before it is made. */
export type Touches = ReadonlySet<string> | 'all'

/** Sends a write over a link; sent again, it says the very same. It resolves with the ack. */
export type Delivery = (link: Link) => Promise<unknown>

/** `wait`: it needs a newer version than is here. `nothing`: there is nothing to change. */
export type NextStep = Delivery | 'wait' | 'nothing'

/** One thing that a session is asked to become, from the call until the hub's definite answer. */
export interface Write {
  readonly touches: Touches
  /** About how much it holds while it waits. */
  readonly bytes: number
  /** What it will change; null also where that can not be said. */
  readonly changesOn: ChangesOn
  /** Throws where the write can not be made at all. */
  next(document: SessionDocument): NextStep
  answerIn(ack: unknown): Answer
  /** Somebody else was first, and nothing was written. Null: `next` makes another attempt; otherwise it ends with this. */
  mismatched(version: number, document: SessionDocument): HoldfastError | null
}

/** How long the hub has for an ack. */
export const ACK_MS = 10_000
