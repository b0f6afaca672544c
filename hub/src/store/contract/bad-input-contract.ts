import type { ErrorCode } from '@holdfast/shared/errors/codes'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  mutation,
  NAMESPACE,
  patched,
  read,
  type OpenStore,
} from './test-store.ts'

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = { a: value }
  return value
}

function lists(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = [value]
  return value
}

function manyKeys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]))
}

function cycle(): unknown {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

/** Whole documents that nobody may store, with the code of their refusal. */
const UNSTORABLE: Record<string, readonly [code: ErrorCode, document: unknown]> = {
  'own __proto__': ['forbidden_key', JSON.parse('{"__proto__":1}')],
  'deep __proto__': ['forbidden_key', JSON.parse('{"a":[{"b":{"__proto__":{"x":1}}}]}')],
  'a constructor': ['forbidden_key', JSON.parse('{"constructor":{"prototype":{}}}')],
  'a prototype': ['forbidden_key', { a: { prototype: 1 } }],
  'NUL in a value': ['invalid_field', { a: 'x\u0000y' }],
  'NUL in a name': ['invalid_field', { 'x\u0000y': 1 }],
  'NUL deep in a list': ['invalid_field', { a: [[['\u0000']]] }],
  'lone high surrogate': ['invalid_field', { a: 'x\ud800' }],
  'lone low surrogate': ['invalid_field', { a: { b: '\udc00y' } }],
  'lone surrogate in a name': ['invalid_field', { a: { '\ud800': 1 } }],
  'lone surrogate in a token': ['invalid_field', { claudeSessionId: '\ud83d' }],
  'NUL in a token': ['invalid_field', { codexSessionId: 't\u0000' }],
  'too deep': ['too_deep', nested(LIMITS.depth + 1)],
  'too deep in lists': ['too_deep', { a: lists(LIMITS.depth) }],
  'very deep': ['too_deep', nested(100_000)],
  'a cycle': ['too_deep', cycle()],
  'too many keys': ['too_many_keys', manyKeys(LIMITS.keys + 1)],
  'too many keys together': ['too_many_keys', { a: manyKeys(LIMITS.keys / 2), b: manyKeys(LIMITS.keys / 2) }],
  'a long name': ['key_too_long', { ['x'.repeat(LIMITS.keyBytes + 1)]: 1 }],
  'a name of many bytes': ['key_too_long', { a: { ['\u20ac'.repeat(86)]: 1 } }],
  'a function': ['invalid_field', { a: () => 1 }],
  undefined: ['invalid_field', { a: { b: undefined } }],
  'a date': ['invalid_field', { a: new Date(0) }],
  'a big integer': ['invalid_field', { a: [1n] }],
  'a symbol': ['invalid_field', { a: Symbol('s') }],
  'a map': ['invalid_field', { a: new Map([['b', 1]]) }],
  bytes: ['invalid_field', { a: new Uint8Array(2) }],
  NaN: ['invalid_field', { a: Number.NaN }],
  Infinity: ['invalid_field', { a: [Number.NEGATIVE_INFINITY] }],
  'an integer that is not exact': ['invalid_field', { a: 2 ** 53 }],
  'an object with toJSON': ['invalid_field', { a: { toJSON: () => 'other' } }],
}

const TEXTS = { NUL: 'a\u0000', 'lone surrogate': 'a\ud800', empty: '', 'too long': 'x'.repeat(1025) }
const VERSIONS = [1.5, 2 ** 53, Number.NaN, Infinity, -Infinity]
const MUTATION_IDS = ['', 'short', 'x'.repeat(15), 'x'.repeat(65), 'x'.repeat(15) + '\u0000', 'ä'.repeat(16)]
const HOSTILE_IDS = [
  ...MUTATION_IDS,
  ' '.repeat(16),
  `${'x'.repeat(16)}\n`,
  '../../../../etc/passwd',
  "'; drop--''''''",
]

type Call = (store: Store, key: SessionKey, bad: object) => Promise<object>

const patching: Call = (store, key, bad) =>
  store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { x: 1 }, ...bad })
const replacing: Call = (store, key, bad) =>
  store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 2, metadata: { x: 1 }, ...bad })
const restoring: Call = (store, key, bad) =>
  store.restoreSession({ ...key, actor: ACTOR, version: 1, ...bad })

/** The writes that take a mutation id. */
const REPEATABLE: Record<string, Call> = {
  patchSessionMetadata: patching,
  clearResumeToken: (store, key, bad) =>
    store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude', ...bad }),
  putBackToken: (store, key, bad) =>
    store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 't1', ...bad }),
  restoreSession: restoring,
}

/** The writes that say who and why, on a session that is there. */
const EXPLAINED: Record<string, Call> = { ...REPEATABLE, updateSessionMetadata: replacing }

const CREATING: Call = (store, { namespace }, bad) =>
  store.createOrLoadSession({ namespace, tag: 'fresh', actor: ACTOR, metadata: {}, ...bad })

const VERSIONED: Record<string, readonly [part: string, call: Call]> = {
  updateSessionMetadata: ['expectedVersion', replacing],
  patchSessionMetadata: ['expectedVersion', patching],
  restoreSession: ['version', restoring],
  updateAgentState: [
    'expectedVersion',
    (store, key, bad) => store.updateAgentState({ ...key, expectedVersion: 1, agentState: 'x', ...bad }),
  ],
  updateMachineMetadata: [
    'expectedVersion',
    (store, { namespace }, bad) =>
      store.updateMachineMetadata({ namespace, machine: 'm1', expectedVersion: 1, value: { x: 1 }, ...bad }),
  ],
  updateRunnerState: [
    'expectedVersion',
    (store, { namespace }, bad) =>
      store.updateRunnerState({ namespace, machine: 'm1', expectedVersion: 1, value: 'x', ...bad }),
  ],
}

/** A session with a token history, a machine, and a device. */
async function seasoned(store: Store): Promise<SessionKey> {
  const key = await born(store, { claudeSessionId: 't1', name: 'a' })
  await patched(store, key, { claudeSessionId: 't2' })
  await store.createOrLoadMachine({ namespace: NAMESPACE, id: 'm1', metadata: { host: 'h' } })
  await store.addDevice({ namespace: NAMESPACE, name: 'd', role: 'agent', hash: new Uint8Array(32) })
  return key
}

export function badInputContract(name: string, open: OpenStore): void {
  describe(`${name}: what can not be stored`, () => {
    for (const [what, [code, document]] of Object.entries(UNSTORABLE)) {
      test(`[ME11] ${what} is refused at every door, and nothing is written`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        const by = { ...key, actor: ACTOR }
        const fresh = { namespace: NAMESPACE, tag: 'fresh', actor: ACTOR, metadata: document }
        const answers = [
          await store.createOrLoadSession(fresh),
          await store.updateSessionMetadata({ ...by, expectedVersion: 2, metadata: document }),
          await store.updateSessionMetadata({ ...by, expectedVersion: 1, metadata: document }),
          await store.patchSessionMetadata({ ...by, patch: document }),
          await store.patchSessionMetadata({ ...by, patch: document, mutationId: mutation(1) }),
          await store.patchSessionMetadata({ ...by, session: 'missing', patch: document }),
        ]
        for (const answer of answers) {
          expectRefused(answer, code)
          expect(answer).toHaveProperty('field')
          expect(answer).toHaveProperty('message')
        }
        expect(await everythingIn(store)).toEqual(before)
        expect(await patched(store, key, { x: 1 }, { mutationId: mutation(1) })).not.toHaveProperty(
          'replayed',
        )
      })
    }

    for (const [what, [code, document]] of Object.entries(UNSTORABLE)) {
      if (code === 'too_deep' || code === 'too_many_keys') continue
      test(`[ME11] ${what} is refused as a state, and nothing is written`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        const machine = { namespace: NAMESPACE, machine: 'm1', expectedVersion: 1, value: document }
        const answers = [
          await store.updateAgentState({ ...key, expectedVersion: 1, agentState: document }),
          await store.createOrLoadSession({
            namespace: NAMESPACE,
            tag: 'fresh',
            actor: ACTOR,
            metadata: {},
            agentState: document,
          }),
          await store.createOrLoadMachine({ namespace: NAMESPACE, id: 'm2', metadata: document }),
          await store.createOrLoadMachine({
            namespace: NAMESPACE,
            id: 'm1',
            metadata: {},
            runnerState: document,
          }),
          await store.updateMachineMetadata(machine),
          await store.updateRunnerState(machine),
        ]
        for (const answer of answers) expectRefused(answer, code)
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    test('[ME11] a state without end or of too many levels is refused too', async () => {
      await using store = await open()
      const key = await seasoned(store)
      for (const agentState of [cycle(), nested(257), nested(100_000)])
        expectRefused(await store.updateAgentState({ ...key, expectedVersion: 1, agentState }), 'too_deep')
      expect(await read(store, key)).toMatchObject({ agentState: null, agentStateVersion: 1 })
    })

    test('[ME11] values at the limits are stored', async () => {
      await using store = await open()
      const longName = '\u20ac'.repeat(85) + 'x'
      const document = { deep: nested(LIMITS.depth - 1), [longName]: 1, ...manyKeys(LIMITS.keys - 2 - 31) }
      const key = await born(store, document)
      expect((await read(store, key)).metadata).toEqual(document)
    })
  })

  describe(`${name}: requests that are not valid`, () => {
    for (const [method, call] of Object.entries(REPEATABLE)) {
      test(`[VE5] ${method} refuses a mutation id that does not fit`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        for (const mutationId of HOSTILE_IDS)
          expectRefused(await call(store, key, { mutationId }), 'invalid_request', { field: 'mutationId' })
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const [method, call] of Object.entries({ ...EXPLAINED, createOrLoadSession: CREATING })) {
      test(`[ME11] ${method} refuses a reason or an actor that can not be kept`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        for (const reason of [TEXTS.NUL, TEXTS['lone surrogate'], TEXTS['too long']])
          expectRefused(await call(store, key, { reason }), 'invalid_request', { field: 'reason' })
        const actors = [
          { door: 'window' },
          {},
          { door: 'hub', machine: 'x'.repeat(129) },
          { door: 'hub', runtime: 'x'.repeat(257) },
          { door: 'hub', run: 7 },
          { door: 'hub', more: 1 },
        ]
        for (const actor of actors)
          expectRefused(await call(store, key, { actor }), 'invalid_request', { field: 'actor' })
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const part of ['device', 'machine', 'run', 'runtime']) {
      test(`[ME11] an actor whose ${part} is not well-formed text is refused by every write`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        for (const text of [TEXTS.NUL, TEXTS['lone surrogate']]) {
          const actor = { door: 'hub', [part]: text }
          for (const call of [...Object.values(EXPLAINED), CREATING])
            expectRefused(await call(store, key, { actor }), 'invalid_request', { field: 'actor' })
        }
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const [method, [part, call]] of Object.entries(VERSIONED)) {
      test(`[ME11] ${method} refuses a ${part} that is no version`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        for (const version of VERSIONS)
          expectRefused(await call(store, key, { [part]: version }), 'invalid_request', { field: part })
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[VE3] ${method} with a ${part} below every version writes nothing`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        const kind = part === 'version' ? 'refused' : 'version-mismatch'
        for (const version of [-1, -2, Number.MIN_SAFE_INTEGER])
          expect(await call(store, key, { [part]: version })).toMatchObject({ kind })
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const [what, tag] of Object.entries(TEXTS)) {
      test(`[ME11] a tag or a namespace that is ${what} is refused`, async () => {
        await using store = await open()
        await seasoned(store)
        const before = await everythingIn(store)
        const create = { namespace: NAMESPACE, tag: 't', actor: ACTOR, metadata: {} }
        expectRefused(await store.createOrLoadSession({ ...create, tag }), 'invalid_request', {
          field: 'tag',
        })
        const namespace = { ...create, namespace: tag }
        expectRefused(await store.createOrLoadSession(namespace), 'invalid_request', { field: 'namespace' })
        const machine = { namespace: tag, id: 'm', metadata: {} }
        expectRefused(await store.createOrLoadMachine(machine), 'invalid_request', { field: 'namespace' })
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    test('[ME11] tags and namespaces of full length are taken', async () => {
      await using store = await open()
      const namespace = 'n'.repeat(128)
      const key = await born(
        store,
        {},
        { namespace, tag: 't'.repeat(512), id: 'i'.repeat(128), reason: 'r'.repeat(1024) },
      )
      expect((await read(store, key)).tag).toHaveLength(512)
      const create = { ...key, actor: ACTOR, metadata: {}, tag: 't'.repeat(513) }
      expectRefused(await store.createOrLoadSession(create), 'invalid_request', { field: 'tag' })
      expectRefused(
        await store.createOrLoadSession({ ...create, tag: 't', namespace: 'n'.repeat(129) }),
        'invalid_request',
      )
    })

    test('[ME11] ids that do not fit are refused', async () => {
      await using store = await open()
      await seasoned(store)
      const before = await everythingIn(store)
      for (const id of ['', 'a b', 'a/b', '../x', 'ä', 'a\u0000', '\ud800', 'x'.repeat(129), 'a\n', 'a.b']) {
        const create = { namespace: NAMESPACE, tag: 'fresh', actor: ACTOR, metadata: {}, id }
        expectRefused(await store.createOrLoadSession(create), 'invalid_request', { field: 'id' })
        const machine = { namespace: NAMESPACE, id, metadata: {} }
        expectRefused(await store.createOrLoadMachine(machine), 'invalid_request', { field: 'id' })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    for (const session of [
      '',
      'missing',
      'a\u0000',
      '\ud800',
      '__proto__',
      'x'.repeat(10_000),
      "' or 1=1 --",
    ]) {
      test(`[ME11] no method finds a session named ${JSON.stringify(session.slice(0, 20))}`, async () => {
        await using store = await open()
        const key = { ...(await seasoned(store)), session }
        const before = await everythingIn(store)
        for (const call of Object.values(EXPLAINED))
          expectRefused(await call(store, key, {}), 'session_not_found')
        const state = { ...key, expectedVersion: 1, agentState: 1 }
        expectRefused(await store.updateAgentState(state), 'session_not_found')
        expect(await store.readSession(key)).toBeNull()
        expect(await store.sessionHistory({ ...key, limit: 1 })).toBeNull()
        expect(await store.tokenHistory({ ...key, limit: 1 })).toBeNull()
        expect(await store.fieldHistory({ ...key, field: 'name', limit: 1 })).toBeNull()
        expect(await store.readMachine({ namespace: NAMESPACE, machine: session })).toBeNull()
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const limit of [Number.NaN, -1, 0.5, Infinity, -Infinity]) {
      test(`[JO2] a page of ${limit} is a page`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const pages = [
          await store.listSessions({ namespace: NAMESPACE, limit }),
          await store.sessionHistory({ ...key, limit }),
          await store.fieldHistory({ ...key, field: 'claudeSessionId', limit }),
          await store.tokenHistory({ ...key, limit }),
          await store.listMachines({ namespace: NAMESPACE, limit }),
          await store.listDevices({ namespace: NAMESPACE, limit }),
        ]
        for (const page of pages) expect(page?.items.length).toBeGreaterThanOrEqual(1)
        const feed = await store.readFeed({ namespace: NAMESPACE, after: 0, limit })
        expect(feed.kind === 'changes' && feed.changes[0]?.seq).toBe(1)
      })
    }

    for (const after of [-1, -0.5, 0.5, 1.5, Number.NaN, Infinity, -Infinity]) {
      test(`[FE1] a feed after ${after} is no silent gap`, async () => {
        await using store = await open()
        await seasoned(store)
        const page = await store.readFeed({ namespace: NAMESPACE, after, limit: 10 })
        expect(page.kind).toBe('too_far_behind')
      })
    }

    for (const cursor of [
      '',
      'x',
      '-1',
      '1.5',
      'NaN',
      '1e400',
      '9007199254740993',
      'a\u0000',
      '\ud800',
      "'",
    ]) {
      test(`[JO2] a cursor that was never given out is survived: ${JSON.stringify(cursor)}`, async () => {
        await using store = await open()
        const key = await seasoned(store)
        const before = await everythingIn(store)
        const pages = [
          await store.listSessions({ namespace: NAMESPACE, limit: 9, cursor }),
          await store.sessionHistory({ ...key, limit: 9, cursor }),
          await store.fieldHistory({ ...key, field: 'claudeSessionId', limit: 9, cursor }),
          await store.tokenHistory({ ...key, limit: 9, cursor }),
          await store.listMachines({ namespace: NAMESPACE, limit: 9, cursor }),
          await store.listDevices({ namespace: NAMESPACE, limit: 9, cursor }),
        ]
        for (const page of pages) expect(Array.isArray(page?.items)).toBe(true)
        expect(await everythingIn(store)).toEqual(before)
      })
    }
  })
}
