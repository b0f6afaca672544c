import { AGENTS, protectedKind, type AgentEntry } from '@holdfast/shared/agents/registry'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { jsonEqual, type Json } from '@holdfast/shared/metadata/json'
import type { FieldChange, HeldField, HeldFields } from '@holdfast/shared/metadata/merge'
import { SMALL, type PatchAnswer, type WriteRule } from './decision.ts'
import { heldFields, planWrite, valueOf, withPairs } from './plan.ts'

/** What a field was at a version: a value, nothing, or too large for the journal to have kept it. */
export type PastField = { readonly value: Json | undefined } | { readonly large: true }

export interface RestoreRequest {
  readonly version: number
  /** The fields to restore; all of them where it is left out. */
  readonly fields?: readonly string[] | undefined
  /** What every field that changed after `version` was at it; the store walks the journal for this. */
  readonly past: ReadonlyMap<string, PastField>
}

/** Sets fields to what they were at a version. A new write like any other; it never takes a protected field away. */
export const restoreSession: WriteRule<RestoreRequest, PatchAnswer> = {
  check: () => SMALL,

  touches: () => 'all',

  decide(request, { head, rows }, context) {
    const { version, fields, past } = request
    if (version > head.version || version < 1) {
      const message = `This session has no version ${version}; it is at ${head.version}.`
      return refuse('invalid_version', message, { field: 'version', limit: head.version, actual: version })
    }
    if (version < head.prunedTo) {
      const message = `The history of this session reaches back to version ${head.prunedTo}; version ${version} was pruned.`
      return refuse('history_pruned', message, { field: 'version', limit: head.prunedTo, actual: version })
    }
    const held = heldFields(rows)
    const names = fields === undefined ? [...past.keys()] : withPairs(fields).filter((name) => past.has(name))
    const draft = draftRestore(names, { held, past, strict: fields !== undefined })
    if ('kind' in draft) return draft
    const { changes, kept, skipped } = draft
    const changed = changes.map((change) => change.name)
    const answer = { kind: 'written', changed, kept, ...(skipped.length === 0 ? {} : { skipped }) } as const
    if (changes.length === 0)
      return { kind: 'decided', plan: null, answer: { ...answer, version: head.version } }
    const plan = planWrite({ op: 'restore', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: { ...answer, version: plan.head.version } }
  },
}

interface Then {
  readonly held: HeldFields
  readonly past: ReadonlyMap<string, PastField>
  /** Fields were chosen by name: one that can not be restored refuses the whole. */
  readonly strict: boolean
}

interface Draft {
  readonly changes: FieldChange[]
  readonly kept: string[]
  readonly skipped: string[]
}

function draftRestore(names: readonly string[], then: Then): Draft | Refusal {
  const draft: Draft = { changes: [], kept: [], skipped: [] }
  for (const name of names) {
    const past = then.past.get(name)
    if (past === undefined) continue
    const obstacle = obstacleTo(then.held.get(name), past)
    if (obstacle === null)
      restoreField(draft, name, { held: then.held, past: 'value' in past ? past.value : undefined })
    else if (then.strict)
      return refuse(obstacle, `The field ${name} can not be restored: ${reasonOf[obstacle]}.`, {
        field: name,
      })
    else draft.skipped.push(name)
  }
  for (const agent of AGENTS) settleRestoredPair(draft, agent, then)
  return draft
}

const reasonOf = {
  field_damaged: 'what is stored in it can not be read, and its bytes are kept',
  not_restorable: 'its value was too large for the journal, which kept only its hash and size',
} as const

function obstacleTo(held: HeldField | undefined, past: PastField): keyof typeof reasonOf | null {
  if (held !== undefined && 'damaged' in held) return 'field_damaged'
  return 'large' in past ? 'not_restorable' : null
}

function restoreField(draft: Draft, name: string, at: { held: HeldFields; past: Json | undefined }): void {
  if (jsonEqual(valueOf(at.held.get(name)), at.past)) return
  if (at.past === undefined && protectedKind(name) !== undefined) draft.kept.push(name)
  else draft.changes.push({ name, after: at.past, cause: 'set' })
}

/** Where the token goes back to an older value, a paired value that was not there then goes, as with any other write. */
function settleRestoredPair(draft: Draft, agent: AgentEntry, { held }: Then): void {
  const { tokenField, pairedField } = agent
  if (tokenField === null || pairedField === null) return
  const movesToken = draft.changes.some((change) => change.name === tokenField)
  const keepsPair = draft.kept.indexOf(pairedField)
  if (movesToken && keepsPair >= 0) {
    draft.kept.splice(keepsPair, 1)
    draft.changes.push({ name: pairedField, after: undefined, cause: 'pair' })
  }
  if (draft.kept.includes(tokenField) && held.has(pairedField)) keepWholePair(draft, pairedField)
}

/** The token stays as it is, so the value beside it stays too. */
function keepWholePair(draft: Draft, pairedField: string): void {
  const at = draft.changes.findIndex((change) => change.name === pairedField)
  if (at >= 0) draft.changes.splice(at, 1)
  if (!draft.kept.includes(pairedField)) draft.kept.push(pairedField)
}
