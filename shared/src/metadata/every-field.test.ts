import { describe, expect, test } from 'vitest'
import { AGENTS, partnerOf, PROTECTED_FIELDS, protectedKind, type AgentEntry } from '../agents/registry.ts'
import type { Json, JsonObject } from './json.ts'
import { mergePatch, mergeReplace, type HeldField, type HeldFields } from './merge.ts'

// Every test here runs once for each protected field of the registry: no flavor is left to a special case.

const everything = (): boolean => true
const agents: readonly AgentEntry[] = AGENTS
const tokens = agents.flatMap((agent): [string, string][] =>
  agent.tokenField === null ? [] : [[agent.flavor, agent.tokenField]],
)
const fields = PROTECTED_FIELDS.map((field): [string] => [field])
const clearable = fields.filter(([field]) => ['token', 'paired'].includes(protectedKind(field) ?? ''))
const anchored = fields.filter(([field]) => ['identity', 'routing'].includes(protectedKind(field) ?? ''))

const UNFIT: readonly (readonly [what: string, value: Json])[] = [
  ['an empty text', ''],
  ['spaces', '   '],
  ['tabs and line ends', '\t\r\n'],
  ['wide blanks', '\u00A0\u3000\uFEFF'],
  ['a number', 7],
  ['zero', 0],
  ['true', true],
  ['false', false],
  ['a list', ['s-1']],
  ['an object', { id: 's-1' }],
  ['4,097 bytes', 'x'.repeat(4097)],
  ['4,098 bytes in fewer characters', '\u20AC'.repeat(1366)],
]
const unfitFields = fields.flatMap(([field]) =>
  UNFIT.map(([what, value]): [string, string, Json] => [what, field, value]),
)

function held(values: JsonObject): HeldFields {
  return new Map(Object.entries(values).map(([name, value]): [string, HeldField] => [name, { value }]))
}

/** Everything protected has a value, so that a write which reaches too far is seen. */
const FULL: JsonObject = Object.fromEntries(PROTECTED_FIELDS.map((field) => [field, `old ${field}`]))

test('[ME2] the lists that drive these tests are not empty', () => {
  expect(tokens).toHaveLength(11)
  expect(clearable).toHaveLength(13)
  expect(anchored).toHaveLength(4)
})

describe('replace', () => {
  test.each(fields)('[ME3] leaving out %s keeps it', (field) => {
    const { [field]: _, ...rest } = FULL
    expect(mergeReplace(held(FULL), rest, everything)).toEqual({
      kind: 'merge',
      changes: [],
      kept: [field],
      refused: [],
    })
  })

  test('[ME3] an empty blob keeps every one of them', () => {
    const { changes, kept, refused } = mergeReplace(held(FULL), {}, everything)
    expect(changes).toEqual([])
    expect(refused).toEqual([])
    expect(kept.toSorted()).toEqual(PROTECTED_FIELDS.toSorted())
  })

  test.each(fields)('[ME3] naming %s sets it, and only it', (field) => {
    const { changes, refused } = mergeReplace(held(FULL), { ...FULL, [field]: 'new' }, everything)
    expect(changes).toEqual([{ name: field, after: 'new', cause: 'set' }])
    expect(refused).toEqual([])
  })

  test.each(fields)('[ME3] %s is set where there was nothing', (field) => {
    const { changes, kept, refused } = mergeReplace(held({}), { [field]: 'first' }, everything)
    expect(changes).toEqual([{ name: field, after: 'first', cause: 'set' }])
    expect(kept).toEqual([])
    expect(refused).toEqual([])
  })

  test.each(clearable)('[ME6] null clears %s, and the journal is told so', (field) => {
    const { changes, refused } = mergeReplace(held(FULL), { ...FULL, [field]: null }, everything)
    expect(changes).toContainEqual({ name: field, after: undefined, cause: 'clear' })
    expect(refused).toEqual([])
    const partner = protectedKind(field) === 'token' ? partnerOf(field) : undefined
    const gone = partner === undefined ? [field] : [field, partner]
    expect(changes.map((change) => change.name).toSorted()).toEqual(gone.toSorted())
    expect(changes.map((change) => change.cause)).toEqual(gone.map(() => 'clear'))
  })

  test.each(clearable)('[ME6] null on %s that is not there changes nothing', (field) => {
    expect(mergeReplace(held({}), { [field]: null }, everything)).toEqual({
      kind: 'merge',
      changes: [],
      kept: [],
      refused: [],
    })
  })

  test.each(anchored)('[ME6] null on %s counts as blank: refused, and the value stays', (field) => {
    const { changes, kept, refused } = mergeReplace(held(FULL), { ...FULL, [field]: null }, everything)
    expect(changes).toEqual([])
    expect(kept).toEqual([])
    expect(refused).toMatchObject([{ field, code: 'invalid_field' }])
  })

  test.each(unfitFields)('[ME7] %s does not replace %s', (_, field, value) => {
    const others = { ...FULL }
    delete others[partnerOf(field) ?? field]
    const { changes, refused } = mergeReplace(
      held(FULL),
      { ...others, [field]: value, summary: 'goes on' },
      everything,
    )
    expect(changes).toEqual([{ name: 'summary', after: 'goes on', cause: 'set' }])
    expect(refused).toMatchObject([{ field, code: 'invalid_field' }])
    expect(refused[0]?.message).toContain(field)
  })
})

describe('patch', () => {
  test('[ME4] an empty patch keeps every one of them', () => {
    expect(mergePatch(held(FULL), {})).toEqual({ kind: 'merge', changes: [], kept: [], refused: [] })
  })

  test.each(fields)('[ME4] naming %s sets it; all others stay', (field) => {
    const merged = mergePatch(held(FULL), { [field]: 'new', ...pairOf(field) })
    expect(merged).toMatchObject({
      kind: 'merge',
      changes: [{ name: field, after: 'new', cause: 'set' }],
      refused: [],
    })
  })

  test.each(fields)('[ME4] %s is set where there was nothing', (field) => {
    expect(mergePatch(held({}), { [field]: 'first' })).toMatchObject({
      kind: 'merge',
      changes: [{ name: field, after: 'first', cause: 'set' }],
    })
  })

  test.each(clearable)('[ME6] null on %s is refused and names clear-resume-token', (field) => {
    const refusal = mergePatch(held(FULL), { summary: 's', [field]: null })
    expect(refusal).toMatchObject({ kind: 'refused', code: 'protected_field', field })
    expect('message' in refusal && refusal.message).toContain('clear-resume-token')
    expect('message' in refusal && refusal.message).toContain(field)
  })

  test.each(clearable)('[ME6] null on %s is refused where there is nothing, too', (field) => {
    expect(mergePatch(held({}), { [field]: null })).toMatchObject({ code: 'protected_field', field })
  })

  test.each(anchored)('[ME6] null on %s counts as blank: the patch is refused', (field) => {
    expect(mergePatch(held(FULL), { summary: 's', [field]: null })).toMatchObject({
      kind: 'refused',
      code: 'invalid_field',
      field,
    })
  })

  test.each(unfitFields)('[ME7] %s in %s refuses the patch whole', (_, field, value) => {
    expect(mergePatch(held(FULL), { summary: 's', [field]: value })).toMatchObject({
      kind: 'refused',
      code: 'invalid_field',
      field,
    })
  })
})

describe('damaged', () => {
  test.each(fields)('[ME12] %s that does not parse is not written and not removed', (field) => {
    const damaged = new Map(held(FULL))
    damaged.set(field, { damaged: true })
    const { [field]: _, ...rest } = FULL
    expect(mergeReplace(damaged, rest, everything).changes).toEqual([])
    const named = mergeReplace(damaged, { ...pairOf(field), [field]: 'new', summary: 'goes on' }, everything)
    expect(named.changes).toEqual([{ name: 'summary', after: 'goes on', cause: 'set' }])
    expect(named.refused).toContainEqual(expect.objectContaining({ field, code: 'field_damaged' }))
    expect(mergePatch(damaged, { [field]: 'new' })).toMatchObject({ code: 'field_damaged', field })
    expect(mergePatch(damaged, { [field]: null })).toMatchObject({ code: 'field_damaged', field })
    expect(
      mergeReplace(damaged, { ...rest, [field]: null }, everything).changes.map((change) => change.name),
    ).not.toContain(field)
  })
})

/** The partner as it is, so that a moved token takes nothing with it. */
function pairOf(field: string): JsonObject {
  const partner = partnerOf(field)
  return partner === undefined ? {} : { [partner]: `old ${partner}` }
}
