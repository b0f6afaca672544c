import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { jsonEqual, type Json } from '../metadata/json.ts'
import { actorSchema } from './actor.ts'
import { idSchema, mutationIdSchema, namespaceSchema, reasonSchema, tagSchema, versionSchema } from './ids.ts'
import { journalEntrySchema, journaledChangeSchema, journalOpSchema, largeValueSchema } from './journal.ts'
import { machineRecordSchema, sessionRecordSchema, sessionSummarySchema } from './session.ts'
import { tokenLeftSchema, tokenProofSchema, tokenRecordSchema } from './token.ts'

const SESSION = {
  id: 's-1',
  namespace: 'default',
  tag: 'my tag',
  createdAt: 1,
  updatedAt: 2,
  metadata: { path: '/p', custom: { deep: [null, 1] } },
  metadataVersion: 1,
  damaged: [],
  verdict: { class: 'resumable', reason: null },
  agentState: null,
  agentStateDamaged: false,
  agentStateVersion: 1,
  settings: {},
}
const SUMMARY: Partial<typeof SESSION> = { ...SESSION }
for (const name of ['agentState', 'agentStateDamaged', 'agentStateVersion', 'settings'] as const)
  delete SUMMARY[name]
const MACHINE = {
  id: 'm-1',
  namespace: 'default',
  createdAt: 1,
  updatedAt: 2,
  metadata: { host: 'h' },
  metadataVersion: 1,
  runnerState: null,
  runnerStateVersion: 1,
}
const TOKEN = {
  flavor: 'claude',
  value: 't',
  paired: null,
  proof: 'provisional',
  left: 'no',
  machineId: null,
  runtimeId: null,
  run: null,
  setBy: { door: 'http' },
  firstAt: 1,
  at: 1,
  leftAt: null,
}
const ENTRY = {
  seq: 1,
  session: 's-1',
  version: 1,
  at: 1,
  op: 'create',
  actor: { door: 'hub' },
  reason: null,
  changes: { path: { beforeVersion: 0, after: '/p' } },
}
const LARGE = { sha256: 'a'.repeat(64), bytes: 70_000 }

interface Schema {
  safeParse(value: unknown): { success: boolean; data?: unknown }
}
const records: readonly (readonly [name: string, schema: Schema, good: object])[] = [
  ['session', sessionRecordSchema, SESSION],
  ['session summary', sessionSummarySchema, SUMMARY],
  ['machine', machineRecordSchema, MACHINE],
  ['token', tokenRecordSchema, TOKEN],
  ['journal entry', journalEntrySchema, ENTRY],
  ['actor', actorSchema, { door: 'hub' }],
  ['change', journaledChangeSchema, { beforeVersion: 0 }],
  ['large value', largeValueSchema, LARGE],
]

function accepts(schema: Schema, value: unknown): boolean {
  return schema.safeParse(value).success
}

describe('records', () => {
  test.each(records)('a %s comes back as it was', (_, schema, good) => {
    expect(schema.safeParse(good)).toEqual({ success: true, data: good })
  })

  test.each(records)('a %s with a member too many is no such record', (_, schema, good) => {
    expect(accepts(schema, { ...good, more: 1 })).toBe(false)
  })

  test.each(records)('a %s with a member too few is no such record', (_, schema, good) => {
    for (const name of Object.keys(good)) {
      const entries = Object.entries(good).filter(([other]) => other !== name)
      expect({ name, accepted: accepts(schema, Object.fromEntries(entries)) }).toEqual({
        name,
        accepted: false,
      })
    }
  })

  test('[VE1] a version counts from 1', () => {
    for (const version of [0, -1, 1.5, '1', null]) {
      expect(accepts(sessionRecordSchema, { ...SESSION, metadataVersion: version })).toBe(false)
      expect(accepts(journalEntrySchema, { ...ENTRY, version })).toBe(false)
    }
  })

  test('[ME1] metadata is an object', () => {
    for (const metadata of [null, [], 'text', 1])
      expect(accepts(sessionRecordSchema, { ...SESSION, metadata })).toBe(false)
  })

  test('[ME9] a record keeps metadata that nobody here knows', () => {
    const name = fc.string().filter((drawn) => drawn !== '__proto__')
    const metadata = fc.dictionary(name, fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true })
    fc.assert(
      fc.property(metadata, (drawn) => {
        const text = JSON.stringify(drawn)
        // A name that the limits walk refuses never gets as far as a record.
        fc.pre(!text.includes('__proto__'))
        const parsed = sessionRecordSchema.parse({ ...SESSION, metadata: JSON.parse(text) })
        expect(jsonEqual(parsed.metadata, JSON.parse(text) as Json)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('token history', () => {
  test('[ME14] proof and leaving are two facts, each with its own words', () => {
    expect(tokenProofSchema.options).toEqual(['provisional', 'confirmed', 'quarantined'])
    expect(tokenLeftSchema.options).toEqual(['no', 'superseded', 'cleared', 'late'])
    for (const proof of tokenProofSchema.options)
      for (const left of tokenLeftSchema.options)
        expect(accepts(tokenRecordSchema, { ...TOKEN, proof, left })).toBe(true)
    expect(accepts(tokenRecordSchema, { ...TOKEN, proof: 'cleared' })).toBe(false)
    expect(accepts(tokenRecordSchema, { ...TOKEN, left: 'confirmed' })).toBe(false)
  })

  test('[ME14] it tells from which run, machine and runtime a token is, and by whom', () => {
    const full = {
      ...TOKEN,
      paired: 'acp',
      machineId: 'm',
      runtimeId: 'r',
      run: 'run',
      setBy: { door: 'socket', device: 'd', machine: 'm', run: 'run', runtime: 'r' },
      leftAt: 5,
    }
    expect(tokenRecordSchema.safeParse(full)).toEqual({ success: true, data: full })
  })
})

describe('the journal', () => {
  test('[ME6] a change tells a clear and a pair that moved from all others', () => {
    for (const cause of ['clear', 'pair'])
      expect(accepts(journaledChangeSchema, { beforeVersion: 3, before: 't', cause })).toBe(true)
    for (const cause of ['set', 'left-out', null])
      expect(accepts(journaledChangeSchema, { beforeVersion: 3, before: 't', cause })).toBe(false)
  })

  test('null is a value, and absence says that there was none', () => {
    const cleared = { beforeVersion: 1, before: null, after: { a: [null] } }
    expect(journaledChangeSchema.parse(cleared)).toEqual(cleared)
    expect('after' in journaledChangeSchema.parse({ beforeVersion: 1, before: 1 })).toBe(false)
  })

  test('a value too large is a hash of 64 digits and a size', () => {
    const change = { beforeVersion: 1, beforeLarge: LARGE, afterLarge: { ...LARGE, bytes: 1 } }
    expect(journaledChangeSchema.parse(change)).toEqual(change)
    expect(accepts(largeValueSchema, { ...LARGE, sha256: 'a'.repeat(63) })).toBe(false)
    expect(accepts(largeValueSchema, { ...LARGE, bytes: 0 })).toBe(false)
  })

  test('its operations are those that writes have', () => {
    for (const op of ['create', 'replace', 'patch', 'clear', 'restore', 'put-back', 'rebind'])
      expect(accepts(journalOpSchema, op)).toBe(true)
    expect(accepts(journalOpSchema, 'delete')).toBe(false)
  })
})

describe('names', () => {
  const limited: readonly (readonly [string, Schema, number, number])[] = [
    ['an id', idSchema, 1, 128],
    ['a mutation id', mutationIdSchema, 16, 64],
    ['a namespace', namespaceSchema, 1, 128],
    ['a tag', tagSchema, 1, 512],
    ['a reason', reasonSchema, 0, 1024],
  ]
  const free = limited.filter(([, schema]) => schema !== idSchema && schema !== mutationIdSchema)

  test.each(limited)('%s has a least and a greatest length', (_, schema, least, most) => {
    expect(accepts(schema, 'a'.repeat(least))).toBe(true)
    expect(accepts(schema, 'a'.repeat(most))).toBe(true)
    expect(accepts(schema, 'a'.repeat(most + 1))).toBe(false)
    expect(least > 0 && accepts(schema, 'a'.repeat(least - 1))).toBe(false)
    for (const value of [null, undefined, 1, ['a'], { a: 1 }]) expect(accepts(schema, value)).toBe(false)
  })

  test.each(free)('%s holds no NUL and no half of a pair', (_, schema) => {
    expect(accepts(schema, 'caf\u00E9 \u{1F600} / ~')).toBe(true)
    for (const text of ['a\u0000', '\uD800', 'a\uDC00b']) expect(accepts(schema, text)).toBe(false)
  })

  test('an id holds letters, digits, _ and - only', () => {
    expect(accepts(idSchema, 'AZaz09_-')).toBe(true)
    for (const text of ['a b', 'a/b', '../a', 'a.b', '\u00E9', 'a\n', '\na', 'a\u0000', 'a%2F', ''])
      expect(accepts(idSchema, text)).toBe(false)
  })

  test('a version is a whole number that can be counted exactly', () => {
    for (const version of [0, 1, Number.MAX_SAFE_INTEGER]) expect(accepts(versionSchema, version)).toBe(true)
    for (const version of [-1, 0.5, 2 ** 53, NaN, Infinity, '1', null, 1n])
      expect(accepts(versionSchema, version)).toBe(false)
  })

  test('an actor comes through a door that is known', () => {
    for (const door of ['hapi', 'socket', 'http', 'import', 'hub'])
      expect(accepts(actorSchema, { door })).toBe(true)
    for (const door of ['window', '', null]) expect(accepts(actorSchema, { door })).toBe(false)
    expect(accepts(actorSchema, { door: 'hub', machine: 'm'.repeat(129) })).toBe(false)
    expect(accepts(actorSchema, { door: 'hub', runtime: 'r'.repeat(257) })).toBe(false)
  })
})
