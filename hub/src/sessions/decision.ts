import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import type { RefusedField } from '@holdfast/shared/metadata/merge'
import type { FieldRows, SessionHead, WriteContext, WritePlan } from './write.ts'

/** A session as a write finds it inside its transaction: the head, and the rows of the fields it asked for. */
export interface FoundSession {
  readonly head: SessionHead
  readonly rows: FieldRows
}

/**
 * One kind of write. It checks what was sent before anything else looks at it, says which fields it must see and, given
 * those, decides: a plan with its answer, an answer without a plan where nothing changes, or why not. Pure, so that
 * every store runs the same rule in its transaction.
 */
export interface WriteRule<Request, Answer> {
  check(request: Request): Checked | Refusal
  touches(request: Request): readonly string[] | 'all'
  decide(request: Request, found: FoundSession, context: WriteContext): Decision<Answer>
}

/** The request may go on; it holds about so many bytes while it waits. */
export interface Checked {
  readonly kind: 'checked'
  readonly bytes: number
}

/** For a request without metadata in it. */
export const SMALL: Checked = { kind: 'checked', bytes: 4096 }

export type Decision<Answer> =
  | { readonly kind: 'decided'; readonly plan: WritePlan | null; readonly answer: Answer }
  | VersionMismatch
  | Refusal

/** Somebody else wrote first. `current` holds the fields that were asked about, null for one that is not there. */
export interface VersionMismatch {
  readonly kind: 'version-mismatch'
  readonly version: number
  readonly current: { readonly [field: string]: Json | null }
}

/** What a write of some fields answers; small enough to be kept with its mutation id. */
export interface PatchAnswer {
  readonly kind: 'written'
  readonly version: number
  readonly changed: readonly string[]
  /** Protected fields that the session holds and the write did not name, or would have removed. */
  readonly kept: readonly string[]
  readonly rebasedFrom?: number
  /** Fields that a restore of everything had to leave as they are. */
  readonly skipped?: readonly string[]
}

/** What a whole blob answers: the merged document, which is what every reader sees from here on. */
export interface ReplaceAnswer {
  readonly kind: 'written'
  readonly version: number
  readonly metadata: { readonly [field: string]: Json }
  readonly changed: readonly string[]
  /** Fields that the blob left out and that stay: protected ones, and those that released clients are not sent. */
  readonly kept: readonly string[]
  readonly refused: readonly RefusedField[]
}
