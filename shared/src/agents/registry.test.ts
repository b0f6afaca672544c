import { describe, expect, test } from 'vitest'
import { isReleasedVocabulary } from '../metadata/vocabulary.ts'
import {
  AGENTS,
  agentOf,
  agentOfTokenField,
  partnerOf,
  PROTECTED_FIELDS,
  protectedKind,
  TOKEN_FIELDS,
  type AgentEntry,
} from './registry.ts'

// Written out by hand: a flavor that is forgotten in the registry, or that a derived list forgets, is missed here.
const TOKEN_OF: readonly (readonly [flavor: string, field: string])[] = [
  ['claude', 'claudeSessionId'],
  ['codex', 'codexSessionId'],
  ['cursor', 'cursorSessionId'],
  ['gemini', 'geminiSessionId'],
  ['opencode', 'opencodeSessionId'],
  ['kimi', 'kimiSessionId'],
  ['copilot', 'copilotSessionId'],
  ['qwen', 'qwenSessionId'],
  ['grok', 'grokSessionId'],
  ['pi', 'piSessionId'],
  ['agy', 'agySessionId'],
]
const WITHOUT_TOKEN = ['dsh']
const PAIRS: readonly (readonly [token: string, paired: string])[] = [
  ['codexSessionId', 'codexSourceSessionId'],
  ['cursorSessionId', 'cursorSessionProtocol'],
]
const IDENTITY = ['path', 'host']
const ROUTING = ['flavor', 'machineId']
const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '']

const agents: readonly AgentEntry[] = AGENTS

describe('flavors', () => {
  test('[ME2] the registry knows every flavor, each once', () => {
    const known = [...TOKEN_OF.map(([flavor]) => flavor), ...WITHOUT_TOKEN]
    expect(agents.map((agent) => agent.flavor).toSorted()).toEqual(known.toSorted())
  })

  test.each(TOKEN_OF)('[ME2] the token of %s is kept in %s', (flavor, field) => {
    expect(agentOf(flavor)?.tokenField).toBe(field)
    expect(field).toBe(`${flavor}SessionId`)
    expect(agentOfTokenField(field)?.flavor).toBe(flavor)
    expect(protectedKind(field)).toBe('token')
  })

  test.each(WITHOUT_TOKEN)('[ME2] %s is known and keeps no token', (flavor) => {
    expect(agentOf(flavor)).toMatchObject({ flavor, tokenField: null, pairedField: null })
    expect(agentOfTokenField(`${flavor}SessionId`)).toBeUndefined()
    expect(protectedKind(`${flavor}SessionId`)).toBeUndefined()
  })

  test('[ME2] every flavor has a label of its own', () => {
    const labels = agents.map((agent) => agent.label)
    expect(labels.filter((label) => label.trim() === '')).toEqual([])
    expect(new Set(labels).size).toBe(labels.length)
  })

  test.each([...INHERITED, 'Claude', 'claude ', 'gpt'])(
    '[ME2] "%s" is no flavor and is not taken for another',
    (flavor) => {
      expect(agentOf(flavor)).toBeUndefined()
    },
  )
})

describe('protected fields', () => {
  test('[ME2] they are identity, routing, every token and every paired field, and nothing else', () => {
    const expected = [
      ...IDENTITY,
      ...ROUTING,
      ...TOKEN_OF.map(([, field]) => field),
      ...PAIRS.map(([, paired]) => paired),
    ]
    expect(PROTECTED_FIELDS.toSorted()).toEqual(expected.toSorted())
  })

  test('[ME2] the token fields are those of the flavors that keep one', () => {
    expect(TOKEN_FIELDS.toSorted()).toEqual(TOKEN_OF.map(([, field]) => field).toSorted())
  })

  test('[ME2] each has its kind', () => {
    for (const field of IDENTITY) expect(protectedKind(field)).toBe('identity')
    for (const field of ROUTING) expect(protectedKind(field)).toBe('routing')
    for (const [, paired] of PAIRS) expect(protectedKind(paired)).toBe('paired')
  })

  test.each([
    ...INHERITED,
    'summary',
    'lifecycleState',
    'claudeSessionID',
    'claudesessionid',
    'dshSessionId',
  ])('[ME2] "%s" is not protected', (field) => {
    expect(protectedKind(field)).toBeUndefined()
    expect(agentOfTokenField(field)).toBeUndefined()
    expect(partnerOf(field)).toBeUndefined()
  })

  test('[ME2] a released client knows all of them but the token of qwen', () => {
    expect(PROTECTED_FIELDS.filter((field) => !isReleasedVocabulary(field))).toEqual(['qwenSessionId'])
  })
})

describe('pairs', () => {
  test.each(PAIRS)('[ME2] %s and %s are partners of each other', (token, paired) => {
    expect(partnerOf(token)).toBe(paired)
    expect(partnerOf(paired)).toBe(token)
    expect(agentOfTokenField(token)?.pairedField).toBe(paired)
  })

  test('[ME2] no other field has a partner', () => {
    const partnered = PROTECTED_FIELDS.filter((field) => partnerOf(field) !== undefined)
    expect(partnered.toSorted()).toEqual(PAIRS.flat().toSorted())
    expect(agents.filter((agent) => agent.pairedField !== null)).toHaveLength(PAIRS.length)
  })

  test('[ME2] a paired field is not taken for a token', () => {
    for (const [, paired] of PAIRS) expect(agentOfTokenField(paired)).toBeUndefined()
  })
})
