import { partnerOf } from '../agents/registry.ts'
import type { JsonObject } from '../metadata/json.ts'
import { mergePatch, type HeldField } from '../metadata/merge.ts'
import type { Change, Fields } from './fields.ts'

/** What the hub's own merge makes of a patch; null where it refuses it. */
export function patchChanges(fields: Fields, patch: JsonObject): readonly Change[] | null {
  const held = new Map<string, HeldField>()
  for (const name of touchedBy(patch)) {
    const value = fields.get(name)
    if (value !== undefined) held.set(name, { value })
  }
  const merged = mergePatch(held, patch)
  return merged.kind === 'refused' ? null : merged.changes
}

/** The fields that a patch may move: those it names, and what is paired with them. */
export function touchedBy(patch: JsonObject): ReadonlySet<string> {
  const touched = new Set<string>()
  for (const name of Object.keys(patch)) {
    touched.add(name)
    const partner = partnerOf(name)
    if (partner !== undefined) touched.add(partner)
  }
  return touched
}
