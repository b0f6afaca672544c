import type { ErrorCode } from '../errors/codes.ts'
import type { Json } from './json.ts'

/** What one write, and one document, may hold at most. */
export const LIMITS = {
  depth: 32,
  keys: 4096,
  keyBytes: 256,
  patchBytes: 256 * 1024,
  documentBytes: 1024 * 1024,
  protectedBytes: 4 * 1024,
  /** An unprotected value over this is journaled as hash and size. */
  journaledBytes: 64 * 1024,
} as const

export interface LimitProblem {
  readonly code: Extract<
    ErrorCode,
    'too_deep' | 'too_many_keys' | 'key_too_long' | 'forbidden_key' | 'invalid_field' | 'too_large'
  >
  readonly message: string
  /** Where: a JSON pointer into the value, cut to 80 characters. */
  readonly field: string
  readonly limit?: number
  readonly actual?: number
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const HISTORY_MAPS = 'conversationHistory'
const NUL = '\u0000'
const encoder = new TextEncoder()

interface Visit {
  readonly value: unknown
  readonly depth: number
  /** The member's name, and the visit it was found in: paths are only put together for a problem. */
  readonly name: string | number | null
  readonly within: Visit | null
  /** Below a history map, whose keys are the conversation's turns: bounded by size, not by count. */
  readonly uncounted?: boolean
}

function pathOf(visit: Visit | null): string {
  const parts: string[] = []
  for (let at = visit; at !== null && at.name !== null; at = at.within)
    parts.unshift(printable(String(at.name)).replaceAll('~', '~0').replaceAll('/', '~1'))
  return printable(`/${parts.join('/')}`)
}

/** At most 80 characters, none of which moves a cursor or breaks a line. */
function printable(text: string): string {
  return text
    .slice(0, 80)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}

export function utf8Bytes(text: string): number {
  return encoder.encode(text).length
}

function keyProblem(name: string, visit: Visit): LimitProblem | null {
  const at: Visit = { value: null, depth: 0, name, within: visit }
  if (FORBIDDEN.has(name)) {
    return {
      code: 'forbidden_key',
      field: pathOf(at),
      message: `The key "${printable(name)}" is not allowed at any depth.`,
    }
  }
  if (
    name.length > LIMITS.keyBytes ||
    (name.length * 3 > LIMITS.keyBytes && utf8Bytes(name) > LIMITS.keyBytes)
  ) {
    const actual = utf8Bytes(name)
    return {
      code: 'key_too_long',
      field: pathOf(at),
      limit: LIMITS.keyBytes,
      actual,
      message: `A key is ${actual} bytes long; at most ${LIMITS.keyBytes} are allowed.`,
    }
  }
  return textProblem(name, at, 'A key')
}

function textProblem(text: string, visit: Visit, what: string): LimitProblem | null {
  if (!text.isWellFormed()) {
    return {
      code: 'invalid_field',
      field: pathOf(visit),
      message: `${what} holds half of a surrogate pair, which is not valid Unicode.`,
    }
  }
  if (text.includes(NUL)) {
    return {
      code: 'invalid_field',
      field: pathOf(visit),
      message: `${what} holds a NUL character, which can not be stored.`,
    }
  }
  return null
}

function numberProblem(value: number, visit: Visit): LimitProblem | null {
  const exact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
  if (exact) return null
  return {
    code: 'invalid_field',
    field: pathOf(visit),
    message: 'A number can not be kept exactly; send it as a string.',
  }
}

function scalarProblem(visit: Visit): LimitProblem | null {
  const { value } = visit
  if (typeof value === 'string') return textProblem(value, visit, 'A string')
  if (typeof value === 'number') return numberProblem(value, visit)
  if (typeof value === 'boolean' || value === null) return null
  return {
    code: 'invalid_field',
    field: pathOf(visit),
    message: `A value of type ${typeof value} is not JSON.`,
  }
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * Looks through a value before anything else does: no recursion, so that depth can not overflow the stack, and an end
 * as soon as a limit is passed, so that the work is bounded by the limits and not by the input.
 */
export function findLimitProblem(
  root: unknown,
  maxBytes: number,
  bounds: Bounds = LIMITS,
): LimitProblem | null {
  return walkLimits(root, maxBytes, bounds).problem
}

/** The same, with a lower bound of the value's size: its JSON text takes at most `MAX_ESCAPE` times as many bytes. */
export function walkLimits(root: unknown, maxBytes: number, bounds: Bounds = LIMITS): Walked {
  const pending: Visit[] = [{ value: root, depth: 0, name: null, within: null }]
  const walk: Walk = { pending, keys: 0, bytes: 0, maxBytes, bounds }
  for (let visit = walk.pending.pop(); visit !== undefined; visit = walk.pending.pop()) {
    const problem = enter(walk, visit)
    if (problem !== null) return { problem, bytes: walk.bytes }
  }
  return { problem: null, bytes: walk.bytes }
}

/** A control character becomes six, and a number or a literal, which the walk counts as one, becomes at most 25. */
export const MAX_ESCAPE = 25

export interface Walked {
  readonly problem: LimitProblem | null
  readonly bytes: number
}

/** How deep and how many; metadata has the limits of every write, other values may be given wider ones. */
interface Bounds {
  readonly depth: number
  readonly keys: number
}

interface Walk {
  readonly pending: Visit[]
  readonly maxBytes: number
  readonly bounds: Bounds
  keys: number
  /** A lower bound of the JSON text's bytes. */
  bytes: number
}

function enter(walk: Walk, visit: Visit): LimitProblem | null {
  const { value } = visit
  if (typeof value !== 'object' || value === null) {
    walk.bytes += typeof value === 'string' ? value.length + 2 : 1
    return scalarProblem(visit) ?? sizeProblem(walk)
  }
  if (!isPlain(value)) {
    return {
      code: 'invalid_field',
      field: pathOf(visit),
      message: 'Only plain objects, lists and scalars are JSON.',
    }
  }
  if (visit.depth >= walk.bounds.depth) return depthProblem(visit, walk.bounds.depth)
  return Array.isArray(value) ? enterList(walk, visit, value) : enterObject(walk, visit, value)
}

/** The walk stops here, so the depth that is reported is the first one too deep, not the deepest. */
function depthProblem(visit: Visit, limit: number): LimitProblem {
  return {
    code: 'too_deep',
    field: pathOf(visit),
    limit,
    actual: visit.depth + 1,
    message: `Values are nested deeper than ${limit} levels.`,
  }
}

function sizeProblem(walk: Walk): LimitProblem | null {
  if (walk.bytes <= walk.maxBytes) return null
  return tooLarge(walk.bytes, walk.maxBytes)
}

export function tooLarge(actual: number, limit: number, field = '/'): LimitProblem {
  return {
    code: 'too_large',
    field,
    limit,
    actual,
    message: `The value takes at least ${actual} bytes as JSON; at most ${limit} are allowed.`,
  }
}

function enterList(walk: Walk, visit: Visit, list: readonly unknown[]): LimitProblem | null {
  walk.bytes += list.length + 1
  const problem = sizeProblem(walk)
  if (problem !== null) return problem
  const uncounted = visit.uncounted === true
  for (const [index, value] of list.entries())
    walk.pending.push({ value, depth: visit.depth + 1, name: index, within: visit, uncounted })
  return null
}

function enterObject(walk: Walk, visit: Visit, object: object): LimitProblem | null {
  const names = Object.keys(object)
  if (visit.uncounted !== true) walk.keys += names.length
  if (walk.keys > walk.bounds.keys) {
    return {
      code: 'too_many_keys',
      field: pathOf(visit),
      limit: walk.bounds.keys,
      actual: walk.keys,
      message: `There are at least ${walk.keys} keys; at most ${walk.bounds.keys} are allowed.`,
    }
  }
  for (const name of names) {
    const problem = keyProblem(name, visit)
    if (problem !== null) return problem
    walk.bytes += name.length + 4
    const uncounted = visit.uncounted === true || (visit.depth === 0 && name.startsWith(HISTORY_MAPS))
    walk.pending.push({
      value: (object as Record<string, unknown>)[name],
      depth: visit.depth + 1,
      name,
      within: visit,
      uncounted,
    })
  }
  return sizeProblem(walk)
}

/** How many keys a field adds to its document: its own, and those inside its value. */
export function countKeys(name: string, value: Json | undefined): number {
  if (value === undefined) return 0
  return name.startsWith(HISTORY_MAPS) ? 1 : 1 + keysInside(value)
}

function keysInside(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + keysInside(item), 0)
  const names = Object.keys(value)
  return names.reduce((sum, name) => sum + keysInside(value[name] ?? null), names.length)
}
