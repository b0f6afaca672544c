import {
  agentOfTokenField,
  AGENTS,
  partnerOf,
  protectedKind,
  type AgentEntry,
} from '@holdfast/shared/agents/registry'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject, type Json } from '@holdfast/shared/metadata/json'
import { countKeys, LIMITS, walkLimits } from '@holdfast/shared/metadata/limits'
import type { FieldChange, HeldField, HeldFields } from '@holdfast/shared/metadata/merge'
import type { JournalOp } from '@holdfast/shared/records/journal'
import type { Checked } from './decision.ts'
import { encodeChange } from './journal-text.ts'
import type {
  FieldRow,
  FieldRows,
  FieldWrite,
  SessionHead,
  TokenMove,
  WriteContext,
  WritePlan,
} from './write.ts'

/** The stored rows as values: tombstones are left out, and bytes that do not parse are marked, never guessed. */
export function heldFields(rows: FieldRows): HeldFields {
  const held = new Map<string, HeldField>()
  for (const [name, row] of rows) {
    if (row.text !== null) held.set(name, heldField(row.text))
  }
  return held
}

export function heldField(text: string): HeldField {
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    // The bytes stay where they are; every caller has to say what it does with a damaged field.
    return { damaged: true }
  }
}

/** The names, and the fields that are paired with them. */
export function withPairs(names: readonly string[]): readonly string[] {
  if (!names.some((name) => partnerOf(name) !== undefined)) return names
  return [...new Set([...names, ...names.flatMap((name) => partnerOf(name) ?? [])])]
}

/** What a token is remembered with. */
const BESIDE_TOKEN = ['machineId', 'path']

/** The fields that a write of `names` must see: pairs move together, and a token is remembered with its machine and directory. */
export function fieldsToSee(names: readonly string[]): readonly string[] {
  const all = withPairs(names)
  const namesToken = names.some((name) => agentOfTokenField(name) !== undefined)
  return namesToken ? [...new Set([...all, ...BESIDE_TOKEN])] : all
}

/** Looks through what was sent before anything else does. */
export function checkLimits(value: unknown, maxBytes: number): Checked | Refusal {
  const { problem, bytes } = walkLimits(value, maxBytes)
  if (problem === null) return { kind: 'checked', bytes }
  const { code, message, ...detail } = problem
  return refuse(code, message, detail)
}

function sizeOf(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text)
}

interface PlanInput {
  readonly op: JournalOp
  readonly head: SessionHead
  readonly rows: FieldRows
  /** The same rows as values. */
  readonly held: HeldFields
  readonly changes: readonly FieldChange[]
  readonly context: WriteContext
}

/** Turns what a merge decided into rows, journal text and token moves; refuses a document that would be too large. */
export function planWrite(input: PlanInput): WritePlan | Refusal {
  const { op, head, rows, held, changes, context } = input
  if (head.version >= Number.MAX_SAFE_INTEGER) {
    return refuse('version_exhausted', 'This session has used up its version numbers.', {
      actual: head.version,
    })
  }
  const writes = changes.map((change) => fieldWrite(change, rows.get(change.name)))
  const next = nextHead(head, held, writes, context.now)
  const tooMuch = sizeRefusal(head, next)
  if (tooMuch !== null) return tooMuch
  const journal = `{${writes.map(encodeChange).join(',')}}`
  return {
    kind: 'plan',
    op,
    head: next,
    writes,
    journal,
    tokens: tokenMoves(held, changes, context),
  }
}

function fieldWrite(change: FieldChange, before: FieldRow | undefined): FieldWrite {
  return {
    name: change.name,
    text: change.after === undefined ? null : JSON.stringify(change.after),
    change,
    before,
  }
}

/** The head after the write. */
function nextHead(
  head: SessionHead,
  held: HeldFields,
  writes: readonly FieldWrite[],
  now: number,
): SessionHead {
  let { bytes, keys } = head
  let guarded = head.protected
  for (const { name, text, before, change } of writes) {
    const stood = before === undefined ? null : before.text
    bytes += sizeOf(text) - sizeOf(stood)
    keys += countKeys(name, change.after) - countKeys(name, valueOf(held.get(name)))
    if ((text === null) === (stood === null)) continue
    const arrives = text !== null
    // Beside its value: the name in quotes, a colon and a comma.
    bytes += (arrives ? 1 : -1) * (Buffer.byteLength(name) + 4)
    if (protectedKind(name) === undefined) continue
    guarded = arrives ? [...guarded, name] : guarded.filter((other) => other !== name)
  }
  // Member by member: a spread takes a microsecond here, and there is one for every write.
  const { version, horizon, prunedTo, seq } = head
  const updatedAt = Math.max(head.updatedAt, now)
  return { version: version + 1, horizon, prunedTo, bytes, keys, protected: guarded, updatedAt, seq }
}

export function valueOf(field: HeldField | undefined): Json | undefined {
  return field !== undefined && 'value' in field ? field.value : undefined
}

/** A document that is over the limit already may still shrink. */
function sizeRefusal(head: SessionHead, next: SessionHead): Refusal | null {
  if (next.bytes > LIMITS.documentBytes && next.bytes > head.bytes) {
    const message = `The document would take ${next.bytes} bytes after this write; at most ${LIMITS.documentBytes} are allowed.`
    return refuse('too_large', message, { field: '/', limit: LIMITS.documentBytes, actual: next.bytes })
  }
  if (next.keys > LIMITS.keys && next.keys > head.keys) {
    const message = `The document would have ${next.keys} keys after this write; at most ${LIMITS.keys} are allowed.`
    return refuse('too_many_keys', message, { field: '/', limit: LIMITS.keys, actual: next.keys })
  }
  return null
}

function tokenMoves(held: HeldFields, changes: readonly FieldChange[], context: WriteContext): TokenMove[] {
  if (!changes.some((change) => protectedKind(change.name) !== undefined)) return []
  const after = new Map(changes.map((change) => [change.name, change]))
  return AGENTS.flatMap((agent) => movesOf(agent, { held, after, context }))
}

interface Moved {
  readonly held: HeldFields
  readonly after: ReadonlyMap<string, FieldChange>
  readonly context: WriteContext
}

function movesOf(agent: AgentEntry, moved: Moved): TokenMove[] {
  const { flavor, tokenField, pairedField } = agent
  if (tokenField === null) return []
  const token = moved.after.get(tokenField)
  const paired = pairedField === null ? null : textAfter(pairedField, moved)
  if (token === undefined) {
    const pairChanged = pairedField !== null && moved.after.has(pairedField)
    return pairChanged ? [{ kind: 'repaired', flavor, paired }] : []
  }
  const moves: TokenMove[] = []
  if (valueOf(moved.held.get(tokenField)) !== undefined) {
    moves.push({ kind: 'leaves', flavor, left: token.cause === 'clear' ? 'cleared' : 'superseded' })
  }
  if (typeof token.after === 'string') {
    const machineId = moved.context.actor.machine ?? textAfter('machineId', moved)
    const directory = moved.context.actor.run === undefined ? null : textAfter('path', moved)
    moves.push({ kind: 'arrives', flavor, value: token.after, paired, machineId, directory })
  }
  return moves
}

function textAfter(name: string, { held, after }: Moved): string | null {
  const change = after.get(name)
  const value = change === undefined ? valueOf(held.get(name)) : change.after
  return typeof value === 'string' ? value : null
}

/** The document that the rows and the changes make together. */
export function documentAfter(held: HeldFields, changes: readonly FieldChange[]): { [name: string]: Json } {
  const document: { [name: string]: Json } = {}
  for (const [name, field] of held) if ('value' in field) document[name] = field.value
  for (const { name, after } of changes) {
    if (after === undefined) delete document[name]
    else document[name] = after
  }
  return document
}

export function checkMetadata(metadata: unknown): Checked | Refusal {
  if (!isJsonObject(metadata))
    return refuse('invalid_metadata', 'Metadata must be a JSON object; nothing was changed.')
  return checkLimits(metadata, LIMITS.documentBytes)
}
