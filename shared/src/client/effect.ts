import { agentOf, partnerOf } from '../agents/registry.ts'
import type { Json, JsonObject } from '../metadata/json.ts'
import { mergePatch, type HeldField } from '../metadata/merge.ts'
import { freezeJson } from './freeze-json.ts'

/** What a write makes of a session's metadata. */
export interface Effect {
  readonly metadata: JsonObject
  /** The fields that are another value now, or gone. */
  readonly changed: readonly string[]
}

/** Null: this metadata would not take the write. */
export type EffectOn = (metadata: JsonObject) => Effect | null

type Changes = Iterable<readonly [name: string, after: Json | undefined]>

/** A copy with these fields set, or gone where they are undefined. */
export function withChanges(metadata: JsonObject, changes: Changes): JsonObject {
  const fields = new Map<string, Json>(Object.entries(metadata))
  for (const [name, after] of changes) {
    if (after === undefined) fields.delete(name)
    else fields.set(name, after)
  }
  return freezeJson(Object.fromEntries(fields))
}

/** What the hub's own merge makes of a patch. */
export function patchEffect(metadata: JsonObject, patch: JsonObject): Effect | null {
  const held = new Map<string, HeldField>()
  for (const name of touchedBy(patch)) {
    const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined
    if (value !== undefined) held.set(name, { value })
  }
  const merged = mergePatch(held, patch)
  if (merged.kind === 'refused') return null
  return {
    metadata: withChanges(
      metadata,
      merged.changes.map(({ name, after }) => [name, after] as const),
    ),
    changed: merged.changes.map(({ name }) => name),
  }
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

/** The token goes, and what is paired with it; unless another token is there than the one that is meant. */
export function clearEffect(
  metadata: JsonObject,
  { flavor, expectedToken }: { readonly flavor: string; readonly expectedToken?: string | undefined },
): Effect | null {
  const [tokenField] = tokenFields(flavor)
  if (tokenField === undefined) return null
  if (expectedToken !== undefined && metadata[tokenField] !== expectedToken) return null
  const changed = tokenFields(flavor).filter((name) => Object.hasOwn(metadata, name))
  return {
    metadata: withChanges(
      metadata,
      changed.map((name) => [name, undefined] as const),
    ),
    changed,
  }
}

/** The field of a flavor's token, then its paired one; none for a flavor that is not known here. */
export function tokenFields(flavor: string): readonly string[] {
  const agent = agentOf(flavor)
  return [agent?.tokenField, agent?.pairedField].filter((name) => typeof name === 'string')
}
