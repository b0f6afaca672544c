import type { FieldChange } from '@holdfast/shared/metadata/merge'
import type { Actor } from '@holdfast/shared/records/actor'
import type { JournalOp } from '@holdfast/shared/records/journal'

/** What a write knows of its session before it looks at any field. */
export interface SessionHead {
  readonly version: number
  /** A write that expects a version below this can not be judged field by field. */
  readonly horizon: number
  /** The newest version whose journal entry was pruned; nothing before it can be restored. */
  readonly prunedTo: number
  /** The document's size as JSON, and its number of keys at every depth. */
  readonly bytes: number
  readonly keys: number
  /** The protected fields that it holds. */
  readonly protected: readonly string[]
  readonly updatedAt: number
  /** Its newest journal entry. */
  readonly seq: number
}

/** One stored field: its JSON text, or null for a tombstone, and the version and journal entry that set or removed it. */
export interface FieldRow {
  readonly text: string | null
  readonly version: number
  readonly seq: number
}
export type FieldRows = ReadonlyMap<string, FieldRow>

/** One field as it will be stored. */
export interface FieldWrite {
  readonly name: string
  readonly text: string | null
  readonly change: FieldChange
  readonly before: FieldRow | undefined
}

/** What happens to a session's token history. */
export type TokenMove =
  | { readonly kind: 'leaves'; readonly flavor: string; readonly left: 'superseded' | 'cleared' }
  | {
      readonly kind: 'arrives'
      readonly flavor: string
      readonly value: string
      readonly paired: string | null
      readonly machineId: string | null
      /** Where its run works; null where it does not come from a run. */
      readonly directory: string | null
    }
  | { readonly kind: 'repaired'; readonly flavor: string; readonly paired: string | null }

/** Everything that one accepted write does to its session; the store carries it out in the same transaction. */
export interface WritePlan {
  readonly kind: 'plan'
  readonly op: JournalOp
  readonly head: SessionHead
  readonly writes: readonly FieldWrite[]
  readonly journal: string
  readonly tokens: readonly TokenMove[]
}

/** Who writes, why, and when by the hub's clock. */
export interface WriteContext {
  readonly actor: Actor
  readonly reason: string | null
  readonly now: number
}
