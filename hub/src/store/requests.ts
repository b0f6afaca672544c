import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import { findLimitProblem, LIMITS, utf8Bytes } from '@holdfast/shared/metadata/limits'
import { protectedValueProblem } from '@holdfast/shared/metadata/protected-value'
import { sessionSettings, type SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { actorSchema } from '@holdfast/shared/records/actor'
import { holderSchema } from '@holdfast/shared/records/run'
import { deviceNameSchema, roleSchema } from '@holdfast/shared/records/device'
import {
  idSchema,
  mutationIdSchema,
  namespaceSchema,
  reasonSchema,
  runtimeIdSchema,
  tagSchema,
  textSchema,
  versionSchema,
} from '@holdfast/shared/records/ids'
import { z } from 'zod'
import type { Page } from './store.ts'

const hashSchema = z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32, 'must be 32 bytes')

/** It becomes the value of a protected field. */
const protectedText = textSchema(LIMITS.protectedBytes, 1).refine(
  (text) => protectedValueProblem(text) === null,
  'must not be blank, and take at most 4096 bytes',
)

/** The parts of a request that are not metadata, each with the schema it must fit. A part that is undefined is not looked at. */
const PARTS = {
  namespace: namespaceSchema,
  tag: tagSchema,
  id: idSchema,
  // One that no version has is a mismatch, as is every other that is not the current one.
  expectedVersion: z.int(),
  version: versionSchema,
  mutationId: mutationIdSchema,
  reason: reasonSchema,
  actor: actorSchema,
  name: deviceNameSchema,
  role: roleSchema,
  hash: hashSchema,
  machineId: protectedText.max(128),
  runtimeId: runtimeIdSchema,
  directory: protectedText,
  holder: holderSchema,
} as const satisfies Record<string, z.ZodType>

type Parts = { readonly [Name in keyof typeof PARTS]?: unknown }

/** Why a request can not be stored as it is; null when it can. What the drivers would mangle never reaches them. */
export function requestProblem(parts: Parts): Refusal | null {
  for (const name of Object.keys(parts) as (keyof typeof PARTS)[]) {
    const value = parts[name]
    if (value === undefined) continue
    const parsed = PARTS[name].safeParse(value)
    if (parsed.success) continue
    const why = parsed.error.issues[0]?.message ?? 'is not valid'
    return refuse('invalid_request', `The ${name} ${why.charAt(0).toLowerCase()}${why.slice(1)}.`, {
      field: name,
    })
  }
  return null
}

/** Agent state keeps every tool call of a session and may be large; it is bounded by the frame that carries it. */
export const STATE_BYTES = 48 * 1024 * 1024
export const STATE_BOUNDS = { depth: 256, keys: Number.POSITIVE_INFINITY }

export type StateText = { readonly kind: 'state'; readonly text: string; readonly value: Json }

/** A value that is replaced as a whole, as the text it is stored as. */
export function stateText(value: unknown): StateText | Refusal {
  const given = value === undefined ? null : value
  const problem = findLimitProblem(given, STATE_BYTES, STATE_BOUNDS)
  if (problem !== null) {
    const { code, message, ...detail } = problem
    return refuse(code, message, detail)
  }
  return { kind: 'state', text: JSON.stringify(given), value: given as Json }
}

export type ReadSettings = { readonly kind: 'settings'; readonly settings: SessionSettings }

/** The settings that are said, without what this hub does not know. */
export function readSettings(given: unknown): ReadSettings | Refusal {
  const parsed = sessionSettings.safeParse(given)
  if (!parsed.success)
    return refuse('invalid_request', 'The settings must be a JSON object.', { field: 'settings' })
  for (const [name, value] of Object.entries(parsed.data)) {
    const actual = typeof value === 'string' ? utf8Bytes(value) : 0
    const limit = LIMITS.protectedBytes
    if (actual <= limit) continue
    const message = `The setting ${name} takes ${actual} bytes; at most ${limit} are allowed.`
    return refuse('too_large', message, { field: name, limit, actual })
  }
  return { kind: 'settings', settings: parsed.data }
}

/** A page out of rows of which one more was read than it holds, so that only a page with a next one has a cursor. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  make: { item: (row: Row) => Item; cursor: (row: Row) => string },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(make.item),
    nextCursor: rows.length > limit && last !== undefined ? make.cursor(last) : null,
  }
}

/** How many items a page may ask for; asking for more gets this many. */
export const PAGE_LIMIT = 1000

export function pageSize(limit: number): number {
  return Number.isNaN(limit) ? 1 : Math.max(1, Math.min(PAGE_LIMIT, Math.trunc(limit)))
}
