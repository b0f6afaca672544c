import { describe, expect, test } from 'vitest'
import { AGENTS, type AgentEntry } from '../agents/registry.ts'
import type { JsonObject } from './json.ts'
import { mergePatch, mergeReplace, type FieldChange, type HeldField, type HeldFields } from './merge.ts'

const everything = (): boolean => true
const agents: readonly AgentEntry[] = AGENTS
const pairs = agents.flatMap(({ tokenField, pairedField }): [string, string][] =>
  tokenField === null || pairedField === null ? [] : [[tokenField, pairedField]],
)

function held(values: JsonObject, ...damaged: string[]): HeldFields {
  return new Map<string, HeldField>([
    ...Object.entries(values).map(([name, value]): [string, HeldField] => [name, { value }]),
    ...damaged.map((name): [string, HeldField] => [name, { damaged: true }]),
  ])
}

function sorted(changes: readonly FieldChange[]): FieldChange[] {
  return changes.toSorted((left, right) => (left.name < right.name ? -1 : 1))
}

/** What a patch changes; an empty list would hide a refusal, so that is an error here. */
function patched(before: HeldFields, patch: JsonObject): FieldChange[] {
  const merged = mergePatch(before, patch)
  if (merged.kind === 'refused') throw new Error(merged.message)
  return sorted(merged.changes)
}

describe.each(pairs)('%s with %s', (token, paired) => {
  const both = { [token]: 't1', [paired]: 'p1' }
  const dropped = { name: paired, after: undefined, cause: 'pair' }
  const moved = { name: token, after: 't2', cause: 'set' }

  test('[ME5] another token without its paired value drops the old paired value', () => {
    expect(patched(held(both), { [token]: 't2' })).toEqual(sorted([moved, dropped] as FieldChange[]))
    const replaced = mergeReplace(held(both), { [token]: 't2' }, everything)
    expect(sorted(replaced.changes)).toEqual(sorted([moved, dropped] as FieldChange[]))
    expect(replaced.kept).toEqual([])
    expect(replaced.refused).toEqual([])
  })

  test('[ME5] another token with its paired value sets both', () => {
    const write = { [token]: 't2', [paired]: 'p2' }
    const expected = sorted([moved, { name: paired, after: 'p2', cause: 'set' }] as FieldChange[])
    expect(patched(held(both), write)).toEqual(expected)
    expect(sorted(mergeReplace(held(both), write, everything).changes)).toEqual(expected)
  })

  test('[ME5] the order in which a write names them does not matter', () => {
    const write = { [paired]: 'p1', [token]: 't2' }
    expect(patched(held(both), write)).toEqual([moved])
    expect(mergeReplace(held(both), write, everything).changes).toEqual([moved])
  })

  test('[ME5] a write that is silent on both keeps both', () => {
    const document = { ...both, summary: 'a' }
    expect(patched(held(document), { summary: 'b' })).toEqual([{ name: 'summary', after: 'b', cause: 'set' }])
    const replaced = mergeReplace(held(document), { summary: 'b' }, everything)
    expect(replaced.changes).toEqual([{ name: 'summary', after: 'b', cause: 'set' }])
    expect(replaced.kept.toSorted()).toEqual([token, paired].toSorted())
  })

  test('[ME5] the same token again keeps the paired value', () => {
    expect(patched(held(both), { [token]: 't1' })).toEqual([])
    expect(mergeReplace(held(both), { [token]: 't1' }, everything)).toMatchObject({
      changes: [],
      kept: [paired],
    })
  })

  test('[ME5] a first token keeps a paired value that came before it', () => {
    const before = held({ [paired]: 'p1' })
    expect(patched(before, { [token]: 't2' })).toEqual([moved])
    expect(mergeReplace(before, { [token]: 't2' }, everything).changes).toEqual([moved])
  })

  test('[ME5] the paired value alone may change, and the token stays', () => {
    const expected = [{ name: paired, after: 'p2', cause: 'set' }]
    expect(patched(held(both), { [paired]: 'p2' })).toEqual(expected)
    expect(mergeReplace(held(both), { [paired]: 'p2' }, everything)).toMatchObject({
      changes: expected,
      kept: [token],
    })
  })

  test('[ME5] clearing the token clears its paired value, whatever the blob says of it', () => {
    const gone = sorted([
      { name: token, after: undefined, cause: 'clear' },
      { name: paired, after: undefined, cause: 'clear' },
    ])
    for (const write of [
      { [token]: null },
      { [token]: null, [paired]: 'p2' },
      { [token]: null, [paired]: null },
    ])
      expect(sorted(mergeReplace(held(both), write, everything).changes)).toEqual(gone)
  })

  test('[ME5] clearing the paired value leaves the token', () => {
    expect(mergeReplace(held(both), { [paired]: null }, everything)).toMatchObject({
      changes: [{ name: paired, after: undefined, cause: 'clear' }],
      kept: [token],
    })
  })

  test('[ME5] a refused token refuses its paired value', () => {
    for (const value of ['p2', null]) {
      const replaced = mergeReplace(held(both), { [token]: ' ', [paired]: value }, everything)
      expect(replaced.changes).toEqual([])
      expect(replaced.refused.map((refused) => [refused.field, refused.code])).toEqual([
        [token, 'invalid_field'],
        [paired, 'invalid_field'],
      ])
    }
    expect(mergePatch(held(both), { [paired]: 'p2', [token]: ' ' })).toMatchObject({ field: token })
  })

  test('[ME5] a refused token leaves a paired value that the blob does not name', () => {
    expect(mergeReplace(held(both), { [token]: 5 }, everything)).toMatchObject({
      changes: [],
      kept: [paired],
      refused: [{ field: token }],
    })
  })

  test('[ME5] an old paired value does not stay beside a new token because the new one was refused', () => {
    const replaced = mergeReplace(held(both), { [token]: 't2', [paired]: '' }, everything)
    expect(sorted(replaced.changes)).toEqual(sorted([moved, dropped] as FieldChange[]))
    expect(replaced.refused).toMatchObject([{ field: paired, code: 'invalid_field' }])
    expect(replaced.refused[0]?.message).not.toContain('kept')
  })

  test('[ME12] a damaged token refuses the paired value that comes with another one', () => {
    const before = held({ [paired]: 'p1' }, token)
    const replaced = mergeReplace(before, { [token]: 't2', [paired]: 'p2' }, everything)
    expect(replaced.changes).toEqual([])
    expect(replaced.refused).toMatchObject([
      { field: token, code: 'field_damaged' },
      { field: paired, code: 'invalid_field' },
    ])
    expect(mergeReplace(before, {}, everything)).toMatchObject({ changes: [], kept: [paired], refused: [] })
  })

  test('[ME12] a damaged paired field stays when its token moves or goes', () => {
    const before = held({ [token]: 't1' }, paired)
    expect(patched(before, { [token]: 't2' })).toEqual([moved])
    expect(mergeReplace(before, { [token]: 't2' }, everything).changes).toEqual([moved])
    expect(mergeReplace(before, { [token]: null }, everything).changes).toEqual([
      { name: token, after: undefined, cause: 'clear' },
    ])
  })

  test('[ME5] a stored token of another type counts as another value', () => {
    const before = held({ [token]: 12, [paired]: 'p1' })
    expect(patched(before, { [token]: 't2' })).toEqual(sorted([moved, dropped] as FieldChange[]))
  })
})

test('[ME5] one pair does not touch the other', () => {
  const document = Object.fromEntries(pairs.flat().map((name) => [name, `old ${name}`]))
  for (const [token, paired] of pairs) {
    const names = patched(held(document), { [token]: 'new' }).map((change) => change.name)
    expect(names.toSorted()).toEqual([token, paired].toSorted())
  }
})
