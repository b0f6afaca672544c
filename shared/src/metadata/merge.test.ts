import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { damagedMessage, mergePatch, mergeReplace, type HeldField, type HeldFields } from './merge.ts'

function held(values: JsonObject, ...damaged: string[]): HeldFields {
  return new Map<string, HeldField>([
    ...Object.entries(values).map(([name, value]): [string, HeldField] => [name, { value }]),
    ...damaged.map((name): [string, HeldField] => [name, { damaged: true }]),
  ])
}

const everything = (): boolean => true
const NOTHING = { kind: 'merge', changes: [], kept: [], refused: [] }

describe('replace', () => {
  test('[ME3] a field that is present is set, whole', () => {
    const before = held({ summary: { text: 'a', updatedAt: 1 }, tools: ['x'] })
    const merged = mergeReplace(before, { summary: { text: 'b' }, tools: [] }, everything)
    expect(merged).toEqual({
      kind: 'merge',
      changes: [
        { name: 'summary', after: { text: 'b' }, cause: 'set' },
        { name: 'tools', after: [], cause: 'set' },
      ],
      kept: [],
      refused: [],
    })
  })

  test('[ME3] an absent field of the released vocabulary is removed', () => {
    expect(
      mergeReplace(held({ summary: 's', lifecycleState: 'running', name: 'n' }), { name: 'n' }, everything),
    ).toEqual({
      kind: 'merge',
      changes: [
        { name: 'summary', after: undefined, cause: 'left-out' },
        { name: 'lifecycleState', after: undefined, cause: 'left-out' },
      ],
      kept: [],
      refused: [],
    })
  })

  test('[ME3] an absent field that released clients do not know is kept, and is no protected field', () => {
    expect(
      mergeReplace(held({ 'x-team': 1, qwenNote: {}, '': 'empty', Summary: 's' }), {}, everything),
    ).toEqual(NOTHING)
  })

  test('[ME3] an absent field that its author was never shown stays, and is listed', () => {
    const before = held({ path: '/p', summary: 5, lifecycleState: 'running', custom: 1 })
    const merged = mergeReplace(before, {}, (name) => name === 'lifecycleState')
    expect(merged).toEqual({
      kind: 'merge',
      changes: [{ name: 'lifecycleState', after: undefined, cause: 'left-out' }],
      kept: ['path', 'summary'],
      refused: [],
    })
  })

  test('[ME3] a field that its author was never shown can be set, and null leaves it', () => {
    const before = held({ summary: 5, tools: 7 })
    const merged = mergeReplace(before, { summary: 's', tools: null }, () => false)
    expect(merged.changes).toEqual([{ name: 'summary', after: 's', cause: 'set' }])
    expect(merged.kept).toEqual(['tools'])
  })

  test('[ME3] what the blob could not remove anyway is not asked about', () => {
    const asked: string[] = []
    const before = held({
      path: '/p',
      claudeSessionId: 't',
      custom: 1,
      supersededBySessionId: 's',
      name: 'n',
    })
    mergeReplace(before, { name: 'm' }, (name) => asked.push(name) > 0)
    expect(asked).toEqual([])
  })

  test('[ME3] a sparse blob keeps what is protected and removes only what it may', () => {
    const before = held({
      path: '/p',
      host: 'h',
      flavor: 'claude',
      machineId: 'm',
      claudeSessionId: 't',
      summary: 's',
      custom: { deep: [1] },
    })
    const merged = mergeReplace(before, { path: '/p', host: 'h', lifecycleState: 'archived' }, everything)
    expect(merged.changes).toEqual([
      { name: 'lifecycleState', after: 'archived', cause: 'set' },
      { name: 'summary', after: undefined, cause: 'left-out' },
    ])
    expect(merged.kept.toSorted()).toEqual(['claudeSessionId', 'flavor', 'machineId'])
    expect(merged.refused).toEqual([])
  })

  test('[ME7] a refused field is not counted among the kept ones, and the rest goes on', () => {
    const merged = mergeReplace(
      held({ path: '/p', claudeSessionId: 't' }),
      {
        path: '',
        claudeSessionId: 't2',
        name: 'n',
      },
      everything,
    )
    expect(merged.changes).toEqual([
      { name: 'claudeSessionId', after: 't2', cause: 'set' },
      { name: 'name', after: 'n', cause: 'set' },
    ])
    expect(merged.kept).toEqual([])
    expect(merged.refused).toMatchObject([{ field: 'path', code: 'invalid_field' }])
  })

  test('[ME7] a value of exactly 4 KiB is taken', () => {
    const longest = '\u20AC'.repeat(1365) + 'x'
    expect(
      mergeReplace(held({ claudeSessionId: 't' }), { claudeSessionId: longest }, everything),
    ).toMatchObject({
      changes: [{ name: 'claudeSessionId', after: longest }],
      refused: [],
    })
    expect(mergePatch(held({ claudeSessionId: 't' }), { claudeSessionId: longest })).toMatchObject({
      changes: [{ name: 'claudeSessionId', after: longest }],
    })
  })

  test('[ME6] null on an unprotected field means that the blob does not carry it', () => {
    expect(
      mergeReplace(held({ summary: 's', custom: 1 }), { summary: null, custom: null, new: null }, everything),
    ).toEqual({
      ...NOTHING,
      changes: [{ name: 'summary', after: undefined, cause: 'left-out' }],
    })
  })

  test.each(['startingMode', 'piSelectedModel'])('[ME6] null is a value of its own for %s', (name) => {
    expect(mergeReplace(held({ [name]: 'x' }), { [name]: null }, everything)).toEqual({
      ...NOTHING,
      changes: [{ name, after: null, cause: 'set' }],
    })
    expect(mergeReplace(held({}), { [name]: null }, everything).changes).toEqual([
      { name, after: null, cause: 'set' },
    ])
    expect(mergeReplace(held({ [name]: null }), { [name]: null }, everything)).toEqual(NOTHING)
    expect(mergeReplace(held({ [name]: null }), {}, everything).changes).toEqual([
      { name, after: undefined, cause: 'left-out' },
    ])
  })

  test.each(['supersededBySessionId', 'opencodeClearOperation'])(
    '[CO10] %s belongs to the hub: a blob neither sets nor removes it',
    (name) => {
      const before = held({ [name]: 'by the hub' })
      for (const blob of [{}, { [name]: 'other' }, { [name]: null }])
        expect(mergeReplace(before, blob, everything)).toEqual(NOTHING)
      expect(mergeReplace(held({}), { [name]: 'other' }, everything)).toEqual(NOTHING)
    },
  )

  test('[ME10] the blob that says what is there already changes nothing', () => {
    const document = {
      path: '/p',
      claudeSessionId: 't',
      summary: { text: 'a', updatedAt: 1 },
      list: [{ a: 1, b: 2 }],
    }
    const reordered = {
      list: [{ b: 2, a: 1 }],
      summary: { updatedAt: 1, text: 'a' },
      claudeSessionId: 't',
      path: '/p',
    }
    expect(mergeReplace(held(document), reordered, everything)).toEqual(NOTHING)
  })

  test('[ME3] what is not there can not be removed', () => {
    expect(mergeReplace(held({}), {}, everything)).toEqual(NOTHING)
  })
})

describe('patch', () => {
  test('[ME4] absent keeps, a value sets, null removes', () => {
    expect(mergePatch(held({ a: 1, b: 2, c: 3 }), { b: 4, c: null, d: 5 })).toEqual({
      ...NOTHING,
      changes: [
        { name: 'b', after: 4, cause: 'set' },
        { name: 'c', after: undefined, cause: 'set' },
        { name: 'd', after: 5, cause: 'set' },
      ],
    })
  })

  test('[ME4] a field of the released vocabulary is not removed by silence', () => {
    expect(mergePatch(held({ summary: 's', lifecycleState: 'running' }), { name: 'n' })).toEqual({
      ...NOTHING,
      changes: [{ name: 'name', after: 'n', cause: 'set' }],
    })
  })

  test('[ME4] objects merge inside a field, lists are replaced', () => {
    const before = held({ worktree: { name: 'w', branch: { a: 1, b: 2 } }, tools: [1, 2] })
    expect(mergePatch(before, { worktree: { branch: { b: null, c: 3 } }, tools: [3] })).toEqual({
      ...NOTHING,
      changes: [
        { name: 'worktree', after: { name: 'w', branch: { a: 1, c: 3 } }, cause: 'set' },
        { name: 'tools', after: [3], cause: 'set' },
      ],
    })
  })

  test('[ME4] an object merges into nothing and into a scalar as RFC 7396 says', () => {
    const expected = { ...NOTHING, changes: [{ name: 'a', after: { b: 1 }, cause: 'set' }] }
    expect(mergePatch(held({}), { a: { b: 1, c: null } })).toEqual(expected)
    expect(mergePatch(held({ a: 'text' }), { a: { b: 1, c: null } })).toEqual(expected)
  })

  test.each(['startingMode', 'piSelectedModel'])('[ME4] null removes %s, too', (name) => {
    expect(mergePatch(held({ [name]: 'x' }), { [name]: null })).toMatchObject({
      changes: [{ name, after: undefined }],
    })
  })

  test('[ME10] a patch that says what is there already changes nothing', () => {
    const before = held({ a: { b: 1, c: [1] }, claudeSessionId: 't' })
    expect(mergePatch(before, { a: { b: 1 }, claudeSessionId: 't', gone: null })).toEqual(NOTHING)
    expect(mergePatch(before, { a: {} })).toEqual(NOTHING)
  })

  test('[ME7] one unfit value refuses the whole patch, wherever it stands', () => {
    const before = held({ path: '/p' })
    for (const patch of [
      { path: ' ', name: 'n' },
      { name: 'n', path: ' ' },
    ]) {
      expect(mergePatch(before, patch)).toMatchObject({
        kind: 'refused',
        code: 'invalid_field',
        field: 'path',
      })
    }
  })
})

describe('damaged fields', () => {
  test('[ME12] a damaged field is not left out, not kept by name, and not taken for empty', () => {
    const before = held({ name: 'n' }, 'summary', 'claudeSessionId', 'custom')
    expect(mergeReplace(before, { name: 'm' }, everything)).toEqual({
      ...NOTHING,
      changes: [{ name: 'name', after: 'm', cause: 'set' }],
    })
  })

  test('[ME12] naming a damaged field in a blob refuses that field alone', () => {
    const merged = mergeReplace(
      held({ name: 'n' }, 'summary', 'custom'),
      {
        name: 'm',
        summary: 's',
        custom: { a: 1 },
      },
      everything,
    )
    expect(merged.changes).toEqual([{ name: 'name', after: 'm', cause: 'set' }])
    expect(merged.refused).toEqual([
      { field: 'summary', code: 'field_damaged', message: damagedMessage('summary') },
      { field: 'custom', code: 'field_damaged', message: damagedMessage('custom') },
    ])
  })

  test('[ME12] null on an unprotected damaged field means absent, as on any other', () => {
    expect(mergeReplace(held({}, 'summary', 'custom'), { summary: null, custom: null }, everything)).toEqual(
      NOTHING,
    )
  })

  test('[ME12] a patch that names a damaged field is refused, whatever it wants', () => {
    for (const value of ['s', null, {}, []]) {
      expect(mergePatch(held({ name: 'n' }, 'summary'), { name: 'm', summary: value })).toEqual({
        kind: 'refused',
        code: 'field_damaged',
        field: 'summary',
        message: damagedMessage('summary'),
      })
    }
  })

  test('[ME12] a patch of the other fields goes on', () => {
    expect(mergePatch(held({ name: 'n' }, 'summary', 'claudeSessionId'), { name: 'm' })).toEqual({
      ...NOTHING,
      changes: [{ name: 'name', after: 'm', cause: 'set' }],
    })
  })

  test('[ME12] the answer names the field and says that its bytes are kept', () => {
    expect(damagedMessage('summary')).toContain('summary')
    expect(damagedMessage('summary')).toContain('kept')
  })
})

test('[ME9] a merge does not change what it was given', () => {
  const document = { a: { b: { c: 1 } }, claudeSessionId: 't', custom: [1] }
  const write = { a: { b: { d: 2 } }, name: 'n' }
  const before = JSON.stringify([document, write])
  mergePatch(held(document), write)
  mergeReplace(held(document), write, everything)
  expect(JSON.stringify([document, write])).toBe(before)
})
