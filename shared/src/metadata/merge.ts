import { AGENTS, partnerOf, protectedKind, type AgentEntry } from '../agents/registry.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { refuse, type Refusal } from '../errors/holdfast-error.ts'
import { jsonEqual, type Json, type JsonObject } from './json.ts'
import { applyMergePatch } from './merge-patch.ts'
import { protectedValueProblem } from './protected-value.ts'
import { isHubOwned, isReleasedVocabulary, keepsNull } from './vocabulary.ts'

/** What a session holds in one field: a value, or bytes that do not parse and that nothing may overwrite. */
export type HeldField = { readonly value: Json } | { readonly damaged: true }
export type HeldFields = ReadonlyMap<string, HeldField>

/** Why a field changes: it was named, it was left out, it was cleared explicitly, or its partner moved. */
export type ChangeCause = 'set' | 'left-out' | 'clear' | 'pair'

export interface FieldChange {
  readonly name: string
  /** The value afterwards; undefined where the field goes. */
  readonly after: Json | undefined
  readonly cause: ChangeCause
}

export interface RefusedField {
  readonly field: string
  readonly code: ErrorCode
  readonly message: string
}

export interface Merge {
  readonly kind: 'merge'
  /** Only what really changes; a field set to what it holds already is not in it. */
  readonly changes: readonly FieldChange[]
  /** Fields that the write left out and that stay: protected ones, and those that its author was never shown. */
  readonly kept: readonly string[]
  /** Fields of the write that were declined while the rest of it goes on. */
  readonly refused: readonly RefusedField[]
}

class Draft {
  readonly after = new Map<string, FieldChange>()
  readonly refused: RefusedField[] = []
  readonly held: HeldFields

  constructor(held: HeldFields) {
    this.held = held
  }

  valueOf(name: string): Json | undefined {
    const field = this.held.get(name)
    return field !== undefined && 'value' in field ? field.value : undefined
  }

  isDamaged(name: string): boolean {
    const field = this.held.get(name)
    return field !== undefined && 'damaged' in field
  }

  change(name: string, after: Json | undefined, cause: ChangeCause): void {
    this.after.set(name, { name, after, cause })
  }

  refuse(field: string, code: ErrorCode, message: string): void {
    this.after.delete(field)
    if (!this.isRefused(field)) this.refused.push({ field, code, message })
  }

  isRefused(name: string): boolean {
    return this.refused.some((refused) => refused.field === name)
  }

  finish(kept: readonly string[]): Merge {
    const changes = [...this.after.values()].filter(
      (change) => !jsonEqual(this.valueOf(change.name), change.after),
    )
    return { kind: 'merge', changes, kept, refused: this.refused }
  }
}

/** Whether the author of a blob was shown a field; the absence of one that never was says nothing. */
export type Shown = (field: string) => boolean

/**
 * A whole blob, as released clients send it: what it names is set, a protected field that it leaves out stays, and of
 * the rest only what those clients know and were shown can go by being left out.
 */
export function mergeReplace(held: HeldFields, incoming: JsonObject, shown: Shown): Merge {
  const draft = new Draft(held)
  for (const [name, value] of Object.entries(incoming)) replaceField(draft, name, value)
  for (const agent of AGENTS) settlePair(draft, agent)
  const kept: string[] = []
  for (const name of held.keys()) {
    if (namedBy(incoming, name) || draft.isDamaged(name) || draft.after.has(name)) continue
    if (protectedKind(name) !== undefined) kept.push(name)
    else if (!isReleasedVocabulary(name) || isHubOwned(name)) continue
    else if (shown(name)) draft.change(name, undefined, 'left-out')
    else kept.push(name)
  }
  return draft.finish(kept)
}

/** Null on an unprotected field means that the blob does not carry it. */
function namedBy(incoming: JsonObject, name: string): boolean {
  if (!Object.hasOwn(incoming, name)) return false
  return incoming[name] !== null || protectedKind(name) !== undefined || keepsNull(name)
}

function replaceField(draft: Draft, name: string, value: Json): void {
  if (isHubOwned(name)) return
  const kind = protectedKind(name)
  if (value === null && kind === undefined && !keepsNull(name)) return
  if (draft.isDamaged(name)) return draft.refuse(name, 'field_damaged', damagedMessage(name))
  if (kind === undefined) return draft.change(name, value, 'set')
  if (value === null && (kind === 'token' || kind === 'paired')) return draft.change(name, undefined, 'clear')
  const problem = protectedValueProblem(value)
  if (problem === null) draft.change(name, value, 'set')
  else draft.refuse(name, 'invalid_field', `The field ${name} ${problem}; what was sent is not taken.`)
}

/** A pair is true together: what happens to the token decides what may happen to the field beside it. */
function settlePair(draft: Draft, agent: AgentEntry): void {
  const { tokenField, pairedField } = agent
  if (tokenField === null || pairedField === null) return
  if (draft.isRefused(tokenField)) {
    if (draft.after.has(pairedField)) {
      draft.refuse(
        pairedField,
        'invalid_field',
        `The field ${pairedField} goes with ${tokenField}, which was refused.`,
      )
    }
    return
  }
  const token = draft.after.get(tokenField)
  if (token === undefined || draft.isDamaged(pairedField)) return
  if (token.after === undefined) {
    draft.change(pairedField, undefined, 'clear')
    return
  }
  const before = draft.valueOf(tokenField)
  const moved = before !== undefined && before !== token.after
  if (moved && !draft.after.has(pairedField)) draft.change(pairedField, undefined, 'pair')
}

/** RFC 7396 on the fields that the patch names; `held` needs only those, and their partners. */
export function mergePatch(held: HeldFields, patch: JsonObject): Merge | Refusal {
  const draft = new Draft(held)
  for (const [name, value] of Object.entries(patch)) {
    const refusal = patchField(draft, name, value)
    if (refusal !== null) return refusal
  }
  if (Object.keys(patch).some((name) => partnerOf(name) !== undefined)) {
    for (const agent of AGENTS) settlePair(draft, agent)
  }
  return draft.finish([])
}

function patchField(draft: Draft, name: string, value: Json): Refusal | null {
  if (draft.isDamaged(name)) return refuse('field_damaged', damagedMessage(name), { field: name })
  const kind = protectedKind(name)
  if (kind === undefined) {
    draft.change(name, value === null ? undefined : applyMergePatch(draft.valueOf(name), value), 'set')
    return null
  }
  if (value === null && (kind === 'token' || kind === 'paired')) {
    const message = `A patch can not remove ${name}. To give up a resume token on purpose, use clear-resume-token.`
    return refuse('protected_field', message, { field: name })
  }
  const problem = protectedValueProblem(value)
  if (problem !== null) return refuse('invalid_field', `The field ${name} ${problem}.`, { field: name })
  draft.change(name, value, 'set')
  return null
}

export function damagedMessage(name: string): string {
  return `What is stored in ${name} can not be read; its bytes are kept and the field can not be written.`
}
