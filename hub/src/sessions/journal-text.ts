import { hash } from 'node:crypto'
import { protectedKind } from '@holdfast/shared/agents/registry'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject, type Json } from '@holdfast/shared/metadata/json'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import type { JournaledChange, LargeValue } from '@holdfast/shared/records/journal'
import type { FieldWrite } from './write.ts'

/**
 * The stored form of one change: short member names, and the values' own JSON texts taken as they are.
 * `v` and `s` the version and seq that had set the value before, `b`/`a` before and after, `B`/`A` the same where the
 * value is too large, `c` the cause.
 */
interface StoredChange {
  v: number
  s: number
  b?: Json
  B?: [sha256: string, bytes: number]
  a?: Json
  A?: [sha256: string, bytes: number]
  c?: 'clear' | 'pair'
}

export function encodeChange(write: FieldWrite): string {
  const { name, text, before, change } = write
  const guarded = protectedKind(name) !== undefined
  let encoded = `${JSON.stringify(name)}:{"v":${before?.version ?? 0},"s":${before?.seq ?? 0}`
  if (before !== undefined && before.text !== null) encoded += side('b', before.text, guarded)
  if (text !== null) encoded += side('a', text, guarded)
  if (change.cause === 'clear' || change.cause === 'pair') encoded += `,"c":"${change.cause}"`
  return `${encoded}}`
}

function side(member: 'a' | 'b', text: string, guarded: boolean): string {
  if (guarded || text.length * 3 <= LIMITS.journaledBytes) return `,"${member}":${text}`
  const bytes = Buffer.byteLength(text)
  if (bytes <= LIMITS.journaledBytes) return `,"${member}":${text}`
  return `,"${member.toUpperCase()}":["${hash('sha256', text)}",${bytes}]`
}

/** The seq of the entry that set the field before this one; 0 where there is none. */
export function seqBefore(text: string, field: string, where: string): number {
  return parse(text, where)[field]?.s ?? 0
}

/** The changes of one journal entry, as they are shown. */
export function decodeChanges(text: string, where: string): Record<string, JournaledChange> {
  const stored = parse(text, where)
  const changes: Record<string, JournaledChange> = {}
  for (const [name, change] of Object.entries(stored)) changes[name] = decodeChange(change)
  return changes
}

function parse(text: string, where: string): Record<string, StoredChange> {
  try {
    const stored = JSON.parse(text) as Json
    if (!isJsonObject(stored) || !Object.values(stored).every(isJsonObject))
      throw new TypeError('it holds no changes')
    return stored as unknown as Record<string, StoredChange>
  } catch (cause) {
    const message = `The journal entry ${where} can not be read; restore the database from a backup.`
    throw new HoldfastError('database_damaged', message, { cause })
  }
}

function decodeChange(change: StoredChange): JournaledChange {
  return {
    beforeVersion: change.v,
    ...('b' in change ? { before: change.b } : {}),
    ...(change.B === undefined ? {} : { beforeLarge: large(change.B) }),
    ...('a' in change ? { after: change.a } : {}),
    ...(change.A === undefined ? {} : { afterLarge: large(change.A) }),
    ...(change.c === undefined ? {} : { cause: change.c }),
  }
}

function large([sha256, bytes]: [string, number]): LargeValue {
  return { sha256, bytes }
}
