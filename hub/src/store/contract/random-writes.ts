import { AGENTS, PROTECTED_FIELDS } from '@holdfast/shared/agents/registry'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import * as fc from 'fast-check'
import type { SessionKey, Store } from '../store.ts'
import { ACTOR, mutation, TOKEN_AGENTS } from './test-store.ts'

/** One step of a random history; `session` and the like are taken modulo what there is. */
export type Step =
  | { readonly kind: 'create'; readonly tag: number; readonly metadata: JsonObject }
  | {
      readonly kind: 'patch'
      readonly session: number
      readonly patch: JsonObject
      readonly behind: number | null
      readonly once: number | null
    }
  | {
      readonly kind: 'replace'
      readonly session: number
      readonly metadata: JsonObject
      readonly behind: number
    }
  | {
      readonly kind: 'clear'
      readonly session: number
      readonly flavor: string
      readonly expected: string | null
      readonly once: number | null
    }
  | {
      readonly kind: 'put-back'
      readonly session: number
      readonly flavor: string
      readonly value: string
      readonly once: number | null
    }
  | {
      readonly kind: 'restore'
      readonly session: number
      readonly back: number
      readonly fields: readonly string[] | null
      readonly once: number | null
    }
  | { readonly kind: 'again'; readonly which: number }

const FEW_AGENTS = TOKEN_AGENTS.filter(({ flavor }) => ['claude', 'codex', 'cursor'].includes(flavor))
const LARGE = ['a', 'b'].map((letter) => letter.repeat(LIMITS.journaledBytes))
/** Fields to which released clients give a type, each with values that fit; a patch takes no others. */
const TYPED: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>([
  ['name', ['a', 'b', ...LARGE]],
  ['summary', ['a', 'b'].map((text) => ({ text, updatedAt: 1 }))],
  ['lifecycleState', ['running', 'archived', ...LARGE]],
  ['startingMode', ['local', 'remote']],
  ['cursorSessionProtocol', ['acp', 'stream-json']],
])
const OTHERS = ['name', 'summary', 'lifecycleState', 'startingMode', 'x-unknown', 'toString', '', '0']
const PAIRS = FEW_AGENTS.flatMap(({ tokenField, pairedField }) =>
  pairedField === null ? [tokenField] : [tokenField, pairedField],
)

const token = fc.constantFrom('t1', 't2', 't3', 't4')
const tame = fc.jsonValue({ maxDepth: 2 }).map((drawn) => {
  const seen = JSON.stringify(drawn, (name, value: unknown) =>
    typeof value === 'number' && !Number.isSafeInteger(value)
      ? 1.5
      : name === '__proto__'
        ? undefined
        : value,
  )
  return (JSON.parse(seen) ?? null) as Json
})
const value = fc.oneof(
  { weight: 6, arbitrary: tame },
  { weight: 1, arbitrary: fc.constantFrom<Json>(...LARGE) },
)
const guarded = fc.oneof(
  { weight: 8, arbitrary: token },
  { weight: 1, arbitrary: fc.constant<Json>(null) },
  { weight: 1, arbitrary: fc.constantFrom<Json>('', 7, {}) },
)

/** A value of a field: one that fits it, mostly. */
function valueFor(name: string, any: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const fitting = TYPED.get(name)
  if (fitting === undefined) return any
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: any },
  )
}

/** A few of the named fields. */
function someOf(names: readonly string[], any: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  const one = fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), valueFor(name, any)))
  return fc.array(one, { maxLength: 3 }).map((entries) => Object.fromEntries(entries))
}

/** With both of these, released clients are sent the others, and may remove them. */
const shown = fc.constantFrom<JsonObject>({}, { path: '/p', host: 'h' })
const fields = fc
  .tuple(shown, someOf([...PAIRS, 'path', 'machineId'], guarded), someOf(OTHERS, value))
  .map(([place, some, others]): JsonObject => ({ ...place, ...some, ...others }))
const session = fc.nat({ max: 3 })
const once = fc.option(fc.nat({ max: 5 }), { freq: 2 })
const flavor = fc.constantFrom(...FEW_AGENTS.map((agent) => agent.flavor))
const behind = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 6 }) },
)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('create' as const), tag: session, metadata: fields }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('patch' as const),
      session,
      patch: fields,
      behind: fc.option(behind),
      once,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), session, metadata: fields, behind }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clear' as const),
      session,
      flavor,
      expected: fc.option(token),
      once,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('put-back' as const), session, flavor, value: token, once }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('restore' as const),
      session,
      back: fc.integer({ min: -1, max: 8 }),
      fields: fc.option(fc.subarray([...PAIRS, 'path', ...OTHERS.slice(0, 4)], { maxLength: 4 })),
      once,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat({ max: 5 }) }) },
)

/** A write that is ready to be sent, as often as one likes. */
export interface Sending {
  readonly key: SessionKey
  /** The token and paired fields that this write may change, and those that it may take away. */
  readonly mayChange: readonly string[]
  readonly mayRemove: readonly string[]
  readonly mutationId: string | undefined
  send(store: Store): Promise<{ readonly kind: string; readonly version?: number; readonly replayed?: true }>
}

type Write = Exclude<Step, { kind: 'create' | 'again' }>

export function sendingOf(write: Write, key: SessionKey, version: number): Sending {
  const by = { ...key, actor: ACTOR }
  switch (write.kind) {
    case 'patch': {
      const mutationId = onceOf(write.once)
      const expectedVersion = write.behind === null ? undefined : Math.max(0, version - write.behind)
      const named = withPartners(Object.keys(write.patch))
      return {
        key,
        mayChange: named,
        mayRemove: named.filter((name) => isPaired(name)),
        mutationId,
        send: (store) =>
          store.patchSessionMetadata({ ...by, patch: write.patch, expectedVersion, mutationId }),
      }
    }
    case 'replace': {
      const named = withPartners(Object.keys(write.metadata))
      const given = Object.keys(write.metadata).filter((name) => write.metadata[name] === null)
      const expectedVersion = Math.max(0, version - write.behind)
      return {
        key,
        mayChange: named,
        mayRemove: [...withPartners(given), ...named.filter((name) => isPaired(name))],
        mutationId: undefined,
        send: (store) => store.updateSessionMetadata({ ...by, expectedVersion, metadata: write.metadata }),
      }
    }
    case 'clear': {
      const mutationId = onceOf(write.once)
      const expectedToken = write.expected ?? undefined
      const own = fieldsOf(write.flavor)
      return {
        key,
        mayChange: own,
        mayRemove: own,
        mutationId,
        send: (store) => store.clearResumeToken({ ...by, flavor: write.flavor, expectedToken, mutationId }),
      }
    }
    case 'put-back': {
      const mutationId = onceOf(write.once)
      const own = fieldsOf(write.flavor)
      return {
        key,
        mayChange: own,
        mayRemove: own.filter((name) => isPaired(name)),
        mutationId,
        send: (store) => store.putBackToken({ ...by, flavor: write.flavor, value: write.value, mutationId }),
      }
    }
    case 'restore': {
      const mutationId = onceOf(write.once)
      const mayChange = write.fields === null ? PROTECTED_FIELDS : withPartners(write.fields)
      const at = { version: Math.max(0, version - write.back), fields: write.fields ?? undefined }
      return {
        key,
        mayChange,
        mayRemove: mayChange.filter((name) => isPaired(name)),
        mutationId,
        send: (store) => store.restoreSession({ ...by, ...at, mutationId }),
      }
    }
  }
}

function onceOf(number: number | null): string | undefined {
  return number === null ? undefined : mutation(number)
}

function fieldsOf(name: string): string[] {
  return AGENTS.flatMap(({ flavor: own, tokenField, pairedField }) =>
    own === name ? [tokenField, pairedField].filter((field) => field !== null) : [],
  )
}

function isPaired(name: string): boolean {
  return TOKEN_AGENTS.some(({ pairedField }) => pairedField === name)
}

function withPartners(names: readonly string[]): string[] {
  const partners = TOKEN_AGENTS.flatMap(({ tokenField, pairedField }) =>
    pairedField !== null && (names.includes(tokenField) || names.includes(pairedField))
      ? [tokenField, pairedField]
      : [],
  )
  return [...new Set([...names, ...partners])]
}
