import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import { LIMITS, MAX_ESCAPE, utf8Bytes } from '@holdfast/shared/metadata/limits'
import { mergePatch, type FieldChange, type HeldFields } from '@holdfast/shared/metadata/merge'
import { isHubOwned } from '@holdfast/shared/metadata/vocabulary'
import { fieldTypeProblem } from '@holdfast/shared/protocol/released/field-type-problem'
import type { FoundSession, PatchAnswer, VersionMismatch, WriteRule } from './decision.ts'
import { checkLimits, fieldsToSee, heldFields, planWrite, valueOf, withPairs } from './plan.ts'
import type { FieldRows } from './write.ts'

export interface PatchRequest {
  readonly patch: unknown
  readonly expectedVersion?: number | undefined
}

/** RFC 7396 on the fields that the patch names. What it does not name is neither read nor written. */
export const patchSessionMetadata: WriteRule<PatchRequest, PatchAnswer> = {
  check({ patch }) {
    if (!isJsonObject(patch))
      return refuse('invalid_patch', 'A patch must be a JSON object; nothing was changed.')
    const checked = checkLimits(patch, LIMITS.patchBytes)
    return checked.kind === 'refused' ? checked : (sizeRefusal(patch, checked.bytes) ?? checked)
  },

  touches: ({ patch }) => fieldsToSee(Object.keys(patch as JsonObject)),

  decide({ patch, expectedVersion }, { head, rows }, context) {
    const names = Object.keys(patch as JsonObject)
    const foreign = context.actor.door === 'hub' ? undefined : names.find(isHubOwned)
    if (foreign !== undefined) return hubOwned(foreign)
    const held = heldFields(rows)
    const stale = staleness(expectedVersion, names, { head, rows })
    if (stale === 'mismatch') return mismatch(head.version, names, held)
    const merged = mergePatch(held, patch as JsonObject)
    if (merged.kind === 'refused') return merged
    const { changes } = merged
    const misfit = typeRefusal(changes)
    if (misfit !== null) return misfit
    const changed = changes.map((change) => change.name)
    const kept = keptBy(head.protected, names, changed)
    const rebased =
      stale === 'rebased' && expectedVersion !== undefined ? { rebasedFrom: expectedVersion } : null
    const answerAt = (version: number): PatchAnswer => ({
      kind: 'written',
      version,
      changed,
      kept,
      ...rebased,
    })
    if (changes.length === 0) return { kind: 'decided', plan: null, answer: answerAt(head.version) }
    const plan = planWrite({ op: 'patch', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: answerAt(plan.head.version) }
  },
}

function hubOwned(field: string): Refusal {
  const message = `The field ${field} is written by the hub alone; leave it out of the patch.`
  return refuse('protected_field', message, { field })
}

/** A value of another type would be kept from released clients. What is stored already, and is not set, is not judged. */
function typeRefusal(changes: readonly FieldChange[]): Refusal | null {
  for (const { name, after } of changes) {
    const problem = fieldTypeProblem(name, after)
    if (problem !== null) return refuse('invalid_field', `The field ${name} ${problem}.`, { field: name })
  }
  return null
}

/** Most patches name no protected field at all, and then all of them are kept. */
function keptBy(
  held: readonly string[],
  names: readonly string[],
  changed: readonly string[],
): readonly string[] {
  const touched = (name: string): boolean => names.includes(name) || changed.includes(name)
  return held.some(touched) ? held.filter((name) => !touched(name)) : held
}

/** The walk counts characters; only where those come near the limit is the exact size worth finding out. */
function sizeRefusal(patch: JsonObject, atLeast: number): Refusal | null {
  if (atLeast * MAX_ESCAPE <= LIMITS.patchBytes) return null
  const actual = utf8Bytes(JSON.stringify(patch))
  if (actual <= LIMITS.patchBytes) return null
  const message = `The patch takes ${actual} bytes; at most ${LIMITS.patchBytes} are allowed.`
  return refuse('too_large', message, { field: '/', limit: LIMITS.patchBytes, actual })
}

/** Whether a write that was made against an older version still says what its author meant. */
function staleness(
  expected: number | undefined,
  names: readonly string[],
  found: FoundSession,
): 'fresh' | 'rebased' | 'mismatch' {
  const { head, rows } = found
  if (expected === undefined || expected === head.version) return 'fresh'
  if (expected > head.version || expected < head.horizon || expected < head.prunedTo) return 'mismatch'
  return changedSince(expected, withPairs(names), rows) ? 'mismatch' : 'rebased'
}

function changedSince(version: number, names: readonly string[], rows: FieldRows): boolean {
  return names.some((name) => (rows.get(name)?.version ?? 0) > version)
}

export function mismatch(version: number, names: readonly string[], held: HeldFields): VersionMismatch {
  const current: { [name: string]: Json | null } = {}
  for (const name of names) current[name] = valueOf(held.get(name)) ?? null
  return { kind: 'version-mismatch', version, current }
}
