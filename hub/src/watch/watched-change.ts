import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { WatchedChange } from '@holdfast/shared/protocol/watch/changes'
import type { FeedChange } from '../store/store.ts'

/** A change as watchers are told of it. */
export interface ToldChange {
  readonly change: WatchedChange
  /** The length of its text. */
  readonly size: number
}

/** A masked change in which at most about `limit` is told of values; the fields of the largest ones are named as unavailable. */
export function watchedChange(change: FeedChange, limit: number): ToldChange {
  const { session, version, removed, seq, at, actor, reason } = change
  const { set, left, size } = fitting({ ...change.set }, limit)
  const unavailable = [...change.unavailable, ...left]
  return {
    size: size + JSON.stringify([removed, unavailable, reason, actor]).length,
    change: {
      seq,
      sid: session,
      version,
      set,
      removed: [...removed],
      ...(unavailable.length === 0 ? {} : { unavailable }),
      actor,
      at,
      ...(reason === null ? {} : { reason }),
    },
  }
}

interface Fitting {
  readonly set: JsonObject
  readonly left: readonly string[]
  readonly size: number
}

function fitting(set: JsonObject, limit: number): Fitting {
  const sizes = Object.entries(set).map(([field, value]) => ({
    field,
    size: field.length + JSON.stringify(value).length,
  }))
  let size = sizes.reduce((sum, of) => sum + of.size, 0)
  if (size <= limit) return { set, left: [], size }
  const left = new Set<string>()
  for (const of of sizes.toSorted((one, other) => other.size - one.size)) {
    if (size <= limit) break
    left.add(of.field)
    size -= of.size
  }
  const kept = Object.entries(set).filter(([field]) => !left.has(field))
  return { set: Object.fromEntries(kept), left: [...left], size }
}
