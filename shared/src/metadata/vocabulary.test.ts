import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { LIST_FIELDS } from './list-fields.ts'
import { mergeReplace, type HeldField } from './merge.ts'
import { PROTECTED_FIELDS, protectedKind } from '../agents/registry.ts'
import { isHubOwned, isReleasedVocabulary, keepsNull } from './vocabulary.ts'

/** The members to which released clients give a type. */
const TYPED = [
  'path',
  'host',
  'summary',
  'lifecycleStateSince',
  'hostPid',
  'startedBy',
  'startingMode',
  'cursorSessionProtocol',
  'hapiMcpUrl',
  'preferredPermissionMode',
  'tools',
  'slashCommands',
  'worktree',
]
const ARCHIVE = ['lifecycleState', 'lifecycleStateSince', 'archivedBy', 'archiveReason']
const HUB_OWNED = ['supersededBySessionId', 'opencodeClearOperation']
const KEEPS_NULL = ['startingMode', 'piSelectedModel']
const HISTORY = ['Points', 'Indexes', 'Turns', 'EntryIds', 'Diverged'].map(
  (end) => `conversationHistory${end}`,
)
const STRANGE = [
  '',
  'x',
  'Path',
  'path ',
  'qwenSessionId',
  'dshSessionId',
  'toString',
  '__proto__',
  'constructor',
]

const everything = (): boolean => true

function left(name: string): JsonObject {
  const fields = new Map<string, HeldField>([[name, { value: 'held' }]])
  const { changes, kept, refused } = mergeReplace(fields, {}, everything)
  return { gone: changes.map((change) => change.name), kept: [...kept], refused: refused.length }
}

describe('the released vocabulary', () => {
  test.each([...TYPED, ...ARCHIVE, ...HUB_OWNED, ...KEEPS_NULL, ...HISTORY])('[ME3] %s is in it', (name) => {
    expect(isReleasedVocabulary(name)).toBe(true)
  })

  test.each(STRANGE)('[ME3] "%s" is not', (name) => {
    expect(isReleasedVocabulary(name)).toBe(false)
    expect(isHubOwned(name)).toBe(false)
    expect(keepsNull(name)).toBe(false)
  })

  test.each(
    [...TYPED, ...ARCHIVE, ...KEEPS_NULL, ...HISTORY].filter((name) => protectedKind(name) === undefined),
  )('[ME3] a blob without %s removes it', (name) => {
    expect(left(name)).toEqual({ gone: [name], kept: [], refused: 0 })
  })

  test.each(STRANGE.filter((name) => protectedKind(name) === undefined))(
    '[ME3] a blob without "%s" leaves it',
    (name) => {
      expect(left(name)).toEqual({ gone: [], kept: [], refused: 0 })
    },
  )

  test.each(HUB_OWNED)('[CO10] a blob without %s leaves it', (name) => {
    expect(isHubOwned(name)).toBe(true)
    expect(left(name)).toEqual({ gone: [], kept: [], refused: 0 })
  })

  test('[CO10] nothing else is owned by the hub', () => {
    const names = [...TYPED, ...ARCHIVE, ...KEEPS_NULL, ...HISTORY, ...PROTECTED_FIELDS]
    expect(names.filter(isHubOwned)).toEqual([])
  })

  test('[ME6] null is a value for two fields and no others', () => {
    const names = [
      ...new Set([...TYPED, ...ARCHIVE, ...HUB_OWNED, ...HISTORY, ...PROTECTED_FIELDS, ...KEEPS_NULL]),
    ]
    expect(names.filter(keepsNull).toSorted()).toEqual(KEEPS_NULL.toSorted())
  })
})

test('[ME2] a list shows every protected field, and each field once', () => {
  expect(PROTECTED_FIELDS.filter((name) => !LIST_FIELDS.includes(name))).toEqual([])
  expect(new Set(LIST_FIELDS).size).toBe(LIST_FIELDS.length)
})
