import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { AGENTS, partnerOf, PROTECTED_FIELDS, protectedKind, TOKEN_FIELDS } from '../agents/registry.ts'
import { canonicalJson, jsonEqual, type Json, type JsonObject } from './json.ts'
import { findLimitProblem, LIMITS } from './limits.ts'
import { applyMergePatch } from './merge-patch.ts'
import { mergePatch, mergeReplace, type FieldChange, type HeldField, type HeldFields } from './merge.ts'

interface Write {
  readonly op: 'replace' | 'patch'
  readonly fields: JsonObject
}

const everything = (): boolean => true
const OTHER_FIELDS = ['summary', 'lifecycleState', 'startingMode', 'tools', 'supersededBySessionId', 'custom']
const UNKNOWN_FIELDS = ['x-unknown', 'futureSessionId', 'dshSessionId', 'toString', '']

const json = fc.jsonValue({ maxDepth: 2 }).map((drawn) => JSON.parse(JSON.stringify(drawn)) as Json)
const token = fc.constantFrom('t1', 't2', 't3', 'a much longer token')
const unfit = fc.constantFrom<Json>('', ' \t', 0, false, {}, [], ['t1'], { id: 't1' }, 'x'.repeat(4097))
const guardedValue = fc.oneof(
  { weight: 5, arbitrary: token },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: unfit },
)
const guarded = fc.dictionary(fc.constantFrom(...PROTECTED_FIELDS), guardedValue, { maxKeys: 6 })
const other = fc.dictionary(fc.constantFrom(...OTHER_FIELDS), json, { maxKeys: 3 })
const write: fc.Arbitrary<Write> = fc.record({
  op: fc.constantFrom('replace' as const, 'patch' as const),
  fields: fc.tuple(guarded, other).map(([some, others]): JsonObject => ({ ...some, ...others })),
})
const writes = fc.array(write, { minLength: 1, maxLength: 8 })
const start = fc.record({
  values: fc.tuple(fc.dictionary(fc.constantFrom(...PROTECTED_FIELDS), token), other),
  damaged: fc.subarray([...TOKEN_FIELDS, 'path', 'summary'], { maxLength: 2 }),
})

function holding(values: JsonObject): Map<string, HeldField> {
  return new Map(Object.entries(values).map(([name, value]): [string, HeldField] => [name, { value }]))
}

function valueIn(fields: HeldFields, name: string): Json | undefined {
  const field = fields.get(name)
  return field !== undefined && 'value' in field ? field.value : undefined
}

function changesOf(fields: HeldFields, { op, fields: sent }: Write): readonly FieldChange[] {
  const merged = op === 'replace' ? mergeReplace(fields, sent, everything) : mergePatch(fields, sent)
  return merged.kind === 'refused' ? [] : merged.changes
}

function applied(fields: HeldFields, changes: readonly FieldChange[]): Map<string, HeldField> {
  const after = new Map(fields)
  for (const change of changes) {
    if (change.after === undefined) after.delete(change.name)
    else after.set(change.name, { value: change.after })
  }
  return after
}

/** The only ways in which a protected field may go. */
function wasGivenUp(name: string, { op, fields }: Write, changes: readonly FieldChange[]): boolean {
  const explicit = (field: string) =>
    op === 'replace' && Object.hasOwn(fields, field) && fields[field] === null
  if (explicit(name)) return true
  const partner = protectedKind(name) === 'paired' ? partnerOf(name) : undefined
  if (partner === undefined) return false
  return explicit(partner) || changes.some((change) => change.name === partner && change.after !== undefined)
}

test('[ME3] what was not shown is not removed, and nothing else comes out otherwise', () => {
  const shown = fc.subarray([...OTHER_FIELDS, ...PROTECTED_FIELDS])
  fc.assert(
    fc.property(start, write, shown, ({ values: [some, others] }, { fields: sent }, names) => {
      const fields = holding({ ...others, ...some })
      const all = mergeReplace(fields, sent, everything)
      const part = mergeReplace(fields, sent, (name) => names.includes(name))
      const hidden = all.changes.filter(({ name, cause }) => cause === 'left-out' && !names.includes(name))
      expect(part.changes).toEqual(all.changes.filter((change) => !hidden.includes(change)))
      expect(part.kept.toSorted()).toEqual([...all.kept, ...hidden.map(({ name }) => name)].toSorted())
      expect(part.refused).toEqual(all.refused)
    }),
  )
})

describe('any sequence of writes', () => {
  test('[ME6] no protected field goes but by an explicit clear, or with its token', () => {
    let gone = 0
    fc.assert(
      fc.property(start, writes, ({ values: [some, others] }, sequence) => {
        let fields: HeldFields = holding({ ...others, ...some })
        for (const sent of sequence) {
          const changes = changesOf(fields, sent)
          const after = applied(fields, changes)
          const lost = PROTECTED_FIELDS.filter((name) => fields.has(name) && !after.has(name))
          gone += lost.length
          expect(lost.filter((name) => !wasGivenUp(name, sent, changes))).toEqual([])
          fields = after
        }
      }),
      { numRuns: 10_000 },
    )
    expect(gone).toBeGreaterThan(100)
  }, 60_000)

  test('[ME3] without an explicit clear the set of tokens never shrinks', () => {
    fc.assert(
      fc.property(start, writes, ({ values: [some, others] }, sequence) => {
        let fields: HeldFields = holding({ ...others, ...some })
        for (const { op, fields: sent } of sequence) {
          const kept = Object.entries(sent).filter(([name, value]) => value !== null || !isToken(name))
          const before = TOKEN_FIELDS.filter((name) => fields.has(name))
          fields = applied(fields, changesOf(fields, { op, fields: Object.fromEntries(kept) }))
          expect(before.filter((name) => !fields.has(name))).toEqual([])
        }
      }),
      { numRuns: 3000 },
    )
  }, 60_000)

  test('[ME7] a protected field only ever holds what it may, and only what was sent for it', () => {
    fc.assert(
      fc.property(start, writes, ({ values: [some, others] }, sequence) => {
        let fields: HeldFields = holding({ ...others, ...some })
        for (const sent of sequence) {
          const after = applied(fields, changesOf(fields, sent))
          const wrong = PROTECTED_FIELDS.filter((name) => {
            const value = valueIn(after, name)
            if (value === undefined) return false
            const fit = typeof value === 'string' && value.trim() !== '' && value.length <= 4096
            return !fit || (value !== valueIn(fields, name) && value !== sent.fields[name])
          })
          expect(wrong).toEqual([])
          fields = after
        }
      }),
      { numRuns: 3000 },
    )
  }, 60_000)

  test('[ME5] a paired value never stays beside a token that it did not come with', () => {
    const pairs = AGENTS.flatMap(({ tokenField, pairedField }) =>
      pairedField === null ? [] : [[tokenField, pairedField] as const],
    )
    let moves = 0
    expect(pairs).toHaveLength(2)
    fc.assert(
      fc.property(start, writes, ({ values: [some] }, sequence) => {
        let fields: HeldFields = holding(some)
        for (const sent of sequence) {
          const after = applied(fields, changesOf(fields, sent))
          for (const [tokenField, pairedField] of pairs) {
            const moved = fields.has(tokenField) && valueIn(fields, tokenField) !== valueIn(after, tokenField)
            const beside = moved ? valueIn(after, pairedField) : undefined
            if (moved) moves += 1
            expect([undefined, sent.fields[pairedField]]).toContain(beside)
          }
          fields = after
        }
      }),
      { numRuns: 5000 },
    )
    expect(moves).toBeGreaterThan(100)
  }, 60_000)

  test('[ME12] damaged fields are never among the changes', () => {
    fc.assert(
      fc.property(start, writes, ({ values: [some, others], damaged }, sequence) => {
        let fields = holding({ ...others, ...some })
        for (const name of damaged) fields.set(name, { damaged: true })
        for (const sent of sequence) {
          fields = applied(fields, changesOf(fields, sent))
          for (const name of damaged) expect(fields.get(name)).toEqual({ damaged: true })
        }
      }),
      { numRuns: 3000 },
    )
  }, 60_000)

  test('[ME9] fields that nobody here knows survive every write that does not name them', () => {
    const unknown = fc.dictionary(fc.constantFrom(...UNKNOWN_FIELDS), json, { minKeys: 1 })
    fc.assert(
      fc.property(start, unknown, writes, ({ values: [some] }, strange, sequence) => {
        let fields: HeldFields = holding({ ...some, ...strange })
        for (const sent of sequence) fields = applied(fields, changesOf(fields, sent))
        for (const [name, value] of Object.entries(strange))
          expect(jsonEqual(valueIn(fields, name), value)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  }, 60_000)

  test('[ME10] only what really changes is a change, and the same write again changes nothing', () => {
    fc.assert(
      fc.property(start, write, ({ values: [some, others] }, sent) => {
        const fields = holding({ ...others, ...some })
        const changes = changesOf(fields, sent)
        for (const { name, after } of changes) expect(jsonEqual(valueIn(fields, name), after)).toBe(false)
        expect(changesOf(applied(fields, changes), sent)).toEqual([])
      }),
      { numRuns: 5000 },
    )
  }, 60_000)

  test('[ME9] the result is the same when everything has been through its JSON text', () => {
    fc.assert(
      fc.property(start, write, ({ values: [some, others] }, { op, fields: sent }) => {
        const document = { ...others, ...some }
        const direct = changesOf(holding(document), { op, fields: sent })
        const parsed = changesOf(holding(through(document)), { op, fields: through(sent) })
        expect(parsed).toEqual([...direct])
        const results = direct.flatMap(({ after }) => (after === undefined ? [] : [after]))
        expect(through(results).map(canonicalJson)).toEqual(results.map(canonicalJson))
      }),
      { numRuns: 3000 },
    )
  }, 60_000)
})

describe('hostile names', () => {
  const hostileName = fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'a',
    'claudeSessionId',
  )
  const { hostile } = fc.letrec<{ hostile: string }>((tie) => ({
    hostile: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('null', '1', '"x"', '[]', '{}'),
      fc
        .uniqueArray(fc.tuple(hostileName, tie('hostile')), {
          minLength: 1,
          maxLength: 3,
          selector: ([name]) => name,
        })
        .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
    ),
  }))

  test('[ME11] 100,000 merges leave every other object as it was', () => {
    const texts = fc.sample(hostile.filter(isObjectText), 317)
    const documents = texts.map((text) => JSON.parse(text) as JsonObject)
    expect(texts.filter((text) => text.includes('__proto__')).length).toBeGreaterThan(20)
    for (const target of documents) {
      const fields = holding(target)
      for (const patch of documents) {
        applyMergePatch(target, patch)
        mergePatch(fields, patch)
      }
      mergeReplace(fields, target, everything)
    }
    expect(Object.keys(Object.prototype)).toHaveLength(0)
    expect(Object.keys(Object)).toHaveLength(0)
    const fresh: { a?: unknown; claudeSessionId?: unknown } = {}
    expect(fresh.a).toBeUndefined()
    expect(fresh.claudeSessionId).toBeUndefined()
    expect(Object.prototype.toString.call(fresh)).toBe('[object Object]')
  }, 60_000)

  test('[ME11] what the walk lets through holds no such name, before and after the merge', () => {
    const forbidden = /"(?:__proto__|constructor|prototype)":/
    let passed = 0
    fc.assert(
      fc.property(hostile, hostile.filter(isObjectText), (target, patch) => {
        const before = JSON.parse(target) as Json
        const sent = JSON.parse(patch) as JsonObject
        const fine = [before, sent].every((value) => findLimitProblem(value, LIMITS.patchBytes) === null)
        expect(fine).toBe(!forbidden.test(target) && !forbidden.test(patch))
        if (!fine) return
        passed += 1
        expect(forbidden.test(JSON.stringify(applyMergePatch(before, sent)))).toBe(false)
      }),
      { numRuns: 5000 },
    )
    expect(passed).toBeGreaterThan(50)
  }, 60_000)
})

function isObjectText(text: string): boolean {
  return text.startsWith('{')
}

function through<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function isToken(name: string): boolean {
  return protectedKind(name) === 'token'
}
