import { tokenRecordSchema } from '@holdfast/shared/records/token'
import { describe, expect, test } from 'vitest'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  journalOf,
  patched,
  read,
  TestClock,
  tokenOf,
  tokensOf,
  written,
  type OpenStore,
} from './test-store.ts'

const CURSOR = { cursorSessionId: 't1', cursorSessionProtocol: 'acp' }

export function tokensContract(name: string, open: OpenStore): void {
  describe(`${name}: clear a resume token`, () => {
    test('[ME6] the expected token is cleared, another one is a mismatch', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't1' })
      const by = { ...key, actor: ACTOR, flavor: 'claude' }
      const before = await everythingIn(store)
      for (const expectedToken of ['t2', '', 'T1', 't1 ']) {
        expect(await store.clearResumeToken({ ...by, expectedToken })).toEqual({
          kind: 'version-mismatch',
          version: 1,
          current: { claudeSessionId: 't1' },
        })
      }
      expect(await everythingIn(store)).toEqual(before)
      expect(await store.clearResumeToken({ ...by, expectedToken: 't1' })).toEqual({
        kind: 'written',
        version: 2,
        changed: ['claudeSessionId'],
        kept: [],
      })
    })

    test('[ME6] where there is none, an expected one is a mismatch, and none expected changes nothing', async () => {
      await using store = await open()
      const key = await born(store, { path: '/p' })
      const by = { ...key, actor: ACTOR, flavor: 'claude' }
      expect(await store.clearResumeToken({ ...by, expectedToken: 't1' })).toMatchObject({
        kind: 'version-mismatch',
        current: { claudeSessionId: null },
      })
      expect(await store.clearResumeToken(by)).toEqual({
        kind: 'written',
        version: 1,
        changed: [],
        kept: ['path'],
      })
      expect(await journalOf(store, key)).toHaveLength(1)
    })

    test('[ME6] it names what else is protected and leaves it', async () => {
      await using store = await open()
      const key = await born(store, { path: '/p', claudeSessionId: 'a', ...CURSOR })
      const answer = written(await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'cursor' }))
      expect(answer.changed).toEqual(['cursorSessionId', 'cursorSessionProtocol'])
      expect(answer.kept.toSorted()).toEqual(['claudeSessionId', 'path'])
      const [newest] = await journalOf(store, key)
      expect(newest).toMatchObject({
        op: 'clear',
        changes: {
          cursorSessionId: { before: 't1', beforeVersion: 1, cause: 'clear' },
          cursorSessionProtocol: { before: 'acp', beforeVersion: 1, cause: 'clear' },
        },
      })
    })

    test('[ME5] a paired value that stands alone goes too', async () => {
      await using store = await open()
      const key = await born(store, { cursorSessionProtocol: 'acp' })
      const answer = written(await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'cursor' }))
      expect(answer).toMatchObject({ version: 2, changed: ['cursorSessionProtocol'] })
    })

    for (const flavor of [
      'dsh',
      'nope',
      '',
      'Claude',
      'claudeSessionId',
      '__proto__',
      'toString',
      'c\u0000',
    ]) {
      test(`[ME6] ${JSON.stringify(flavor)} keeps no token: clear and put back are refused`, async () => {
        await using store = await open()
        const key = await born(store, { claudeSessionId: 't1', dshSessionId: 'x' })
        const before = await everythingIn(store)
        const by = { ...key, actor: ACTOR, flavor }
        expectRefused(await store.clearResumeToken(by), 'unknown_flavor', { field: 'flavor' })
        expectRefused(await store.putBackToken({ ...by, value: 't1' }), 'unknown_flavor', { field: 'flavor' })
        expect(await everythingIn(store)).toEqual(before)
      })
    }
  })

  describe(`${name}: put back a token`, () => {
    test('[ME14] a value that the session never had is refused', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't1', codexSessionId: 'c1' })
      await born(store, { claudeSessionId: 'of another session' })
      await patched(store, key, { claudeSessionId: 't2' })
      const before = await everythingIn(store)
      for (const value of ['none', '', 'c1', 'of another session', 'T1', 't1\u0000', '\ud800']) {
        const answer = await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value })
        expectRefused(answer, 'token_not_found', { field: 'claudeSessionId' })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[ME10] the value that is there already changes nothing', async () => {
      await using store = await open()
      const key = await born(store, CURSOR)
      const before = await everythingIn(store)
      const answer = await store.putBackToken({ ...key, actor: ACTOR, flavor: 'cursor', value: 't1' })
      expect(answer).toMatchObject({ kind: 'written', version: 1, changed: [] })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[ME11] half of a surrogate pair is not the character that it might be stored as', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 'a\ufffd' })
      await patched(store, key, { claudeSessionId: 't2' })
      const before = await everythingIn(store)
      const answer = await store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 'a\ud800' })
      expect(answer).toMatchObject({ kind: 'refused' })
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[ME5] it takes the pair as the history has it when it takes effect', async () => {
      await using store = await open()
      const key = await born(store, CURSOR)
      await Promise.all([
        patched(store, key, { cursorSessionProtocol: 'stream-json' }),
        store.putBackToken({ ...key, actor: ACTOR, flavor: 'cursor', value: 't1' }),
      ])
      // In either order the pair that was named is the one that stays.
      expect((await read(store, key)).metadata).toEqual({ ...CURSOR, cursorSessionProtocol: 'stream-json' })
    })

    test('[ME14] a token that came just before it can be put back', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't1' })
      const by = { ...key, actor: ACTOR }
      await Promise.all([
        store.patchSessionMetadata({ ...by, patch: { claudeSessionId: 't2' } }),
        store.patchSessionMetadata({ ...by, patch: { claudeSessionId: 't3' } }),
        store.putBackToken({ ...by, flavor: 'claude', value: 't1' }),
      ])
      const { metadata } = await read(store, key)
      const [newest] = await journalOf(store, key)
      expect(metadata).toEqual({ claudeSessionId: newest?.changes['claudeSessionId']?.after })
      expect((await tokensOf(store, key)).filter((token) => token.left === 'no')).toHaveLength(1)
    })
  })

  describe(`${name}: token history`, () => {
    test('[ME14] where, when and by whom a token was set', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const actor = { door: 'socket', device: 'd', machine: 'm1', run: 'r1', runtime: 'rt1' } as const
      const key = await born(store, {})
      clock.move(10)
      await patched(store, key, CURSOR, { actor })
      const tokens = await tokensOf(store, key)
      expect(tokens).toEqual([
        {
          flavor: 'cursor',
          value: 't1',
          paired: 'acp',
          proof: 'provisional',
          left: 'no',
          machineId: 'm1',
          runtimeId: 'rt1',
          run: 'r1',
          setBy: actor,
          firstAt: clock.time,
          at: clock.time,
          leftAt: null,
        },
      ])
      for (const token of tokens) expect(tokenRecordSchema.parse(token)).toEqual(token)
    })

    test('[ME14] an actor without a machine leaves it to the session to say which', async () => {
      await using store = await open()
      const key = await born(store, { machineId: 'of the session', claudeSessionId: 'a' })
      await patched(store, key, { codexSessionId: 'b' })
      await patched(store, key, { machineId: 'moved', geminiSessionId: 'c' })
      await patched(store, key, { kimiSessionId: 'd' }, { actor: { door: 'http', machine: 'of the actor' } })
      const other = await born(store, { claudeSessionId: 'e' })
      const machines = (await tokensOf(store, key)).map(({ value, machineId }) => [value, machineId])
      expect(machines).toEqual([
        ['d', 'of the actor'],
        ['c', 'moved'],
        ['b', 'of the session'],
        ['a', 'of the session'],
      ])
      expect(await tokenOf(store, other, 'e')).toMatchObject({ machineId: null, runtimeId: null, run: null })
    })

    test('[ME14] times: had first, got last, given up', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { claudeSessionId: 't1' })
      const start = clock.time
      const moved = clock.move(10)
      await patched(store, key, { claudeSessionId: 't2' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ firstAt: start, at: start, leftAt: moved })
      const back = clock.move(10)
      await patched(store, key, { claudeSessionId: 't1' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ firstAt: start, at: back, leftAt: null })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ firstAt: moved, at: moved, leftAt: back })
      const cleared = clock.move(10)
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ firstAt: start, at: back, leftAt: cleared })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ leftAt: back })
    })

    test('[ME14] a token that comes back is the same record, and keeps where it was made', async () => {
      await using store = await open()
      const first = { door: 'socket', machine: 'm1', run: 'r1', runtime: 'rt1' } as const
      const second = { door: 'http', machine: 'm2', run: 'r2', runtime: 'rt2' } as const
      const key = await born(store, { claudeSessionId: 't1' }, { actor: first })
      await patched(store, key, { claudeSessionId: 't2' }, { actor: first })
      await patched(store, key, { claudeSessionId: 't1' }, { actor: second })
      expect(await tokenOf(store, key, 't1')).toMatchObject({
        machineId: 'm1',
        runtimeId: 'rt1',
        run: 'r1',
        setBy: second,
        left: 'no',
      })
      expect((await tokensOf(store, key)).map((token) => token.value)).toEqual(['t2', 't1'])
    })

    test('[ME14] a write that sets the token to what it is says nothing new of it', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { claudeSessionId: 't1' })
      const before = await tokensOf(store, key)
      clock.move(10)
      await patched(store, key, { claudeSessionId: 't1', name: 'x' }, { actor: { door: 'http', run: 'r' } })
      expect(await tokensOf(store, key)).toEqual(before)
    })

    test('[ME14] how it left: superseded by another, or cleared', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 'a', codexSessionId: 'b', geminiSessionId: 'c' })
      await patched(store, key, { claudeSessionId: 'a2' })
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'codex' })
      const metadata = { geminiSessionId: null }
      written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 3, metadata }))
      const left = (await tokensOf(store, key)).map((token) => [token.value, token.left])
      expect(Object.fromEntries(left)).toEqual({ a: 'superseded', a2: 'no', b: 'cleared', c: 'cleared' })
    })

    test('[ME14] one value under two flavors is two tokens', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 'same', codexSessionId: 'same' })
      await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'codex' })
      const tokens = await tokensOf(store, key)
      expect(tokens.map(({ flavor, left }) => [flavor, left]).toSorted()).toEqual([
        ['claude', 'no'],
        ['codex', 'cleared'],
      ])
    })

    test('[ME14] the pair of an earlier token stays with it', async () => {
      await using store = await open()
      const key = await born(store, CURSOR)
      await patched(store, key, { cursorSessionProtocol: 'stream-json' })
      await patched(store, key, { cursorSessionId: 't2', cursorSessionProtocol: 'acp' })
      await patched(store, key, { cursorSessionProtocol: 'stream-json' })
      expect(await tokenOf(store, key, 't1')).toMatchObject({ paired: 'stream-json', left: 'superseded' })
      expect(await tokenOf(store, key, 't2')).toMatchObject({ paired: 'stream-json', left: 'no' })
    })

    for (const limit of [1, 2, 5, 6]) {
      test(`[ME14] pages of ${limit} show each once, the newest first, and end with null`, async () => {
        await using store = await open()
        const key = await born(store, { claudeSessionId: 't1' })
        for (const token of ['t2', 't3', 't4', 't5', 't1'])
          await patched(store, key, { claudeSessionId: token })
        const values = (await tokensOf(store, key, limit)).map((token) => token.value)
        expect(values).toEqual(['t5', 't4', 't3', 't2', 't1'])
      })
    }

    test('[JO4] token history is never pruned, and put back reaches as far', async () => {
      await using store = await open()
      const key = await born(store, CURSOR)
      for (const token of ['t2', 't3', 't4']) await patched(store, key, { cursorSessionId: token })
      const before = await tokensOf(store, key)
      await store.prune({ namespace: key.namespace, keepEntries: 1, keepBytes: 1, limit: 100 })
      expect(await tokensOf(store, key)).toEqual(before)
      written(await store.putBackToken({ ...key, actor: ACTOR, flavor: 'cursor', value: 't1' }))
      expect((await read(store, key)).metadata).toEqual(CURSOR)
    })
  })

  describe(`${name}: holders of a token`, () => {
    const identity = { namespace: 'default', machineId: 'm1', flavor: 'claude', value: 't' }

    test('[ME13] names the sessions of this machine, flavor and value, and no others', async () => {
      await using store = await open()
      const held = { machineId: 'm1', claudeSessionId: 't' }
      await born(store, held, { id: 'a' })
      await born(store, held, { id: 'b' })
      await born(store, { ...held, machineId: 'm2' }, { id: 'other-machine' })
      await born(store, { claudeSessionId: 't' }, { id: 'no-machine' })
      await born(store, { machineId: 'm1', codexSessionId: 't' }, { id: 'other-flavor' })
      await born(store, { ...held, claudeSessionId: 'u' }, { id: 'other-value' })
      await born(store, held, { id: 'other-namespace', namespace: 'other' })
      const holders = async (more: object) => (await store.tokenHolders({ ...identity, ...more })).toSorted()
      expect(await holders({})).toEqual(['a', 'b'])
      expect(await holders({ machineId: 'm2' })).toEqual(['other-machine'])
      expect(await holders({ machineId: null })).toEqual(['no-machine'])
      expect(await holders({ flavor: 'codex' })).toEqual(['other-flavor'])
      expect(await holders({ value: 'u' })).toEqual(['other-value'])
      expect(await holders({ namespace: 'other' })).toEqual(['other-namespace'])
      expect(await holders({ value: 'nobody' })).toEqual([])
      expect(await holders({ flavor: 'dsh' })).toEqual([])
    })

    test('[ME13] a session that gave its token up holds it no more, and does again after put back', async () => {
      await using store = await open()
      const held = { machineId: 'm1', claudeSessionId: 't' }
      const cleared = await born(store, held, { id: 'cleared' })
      const moved = await born(store, held, { id: 'moved' })
      await born(store, held, { id: 'stays' })
      await store.clearResumeToken({ ...cleared, actor: ACTOR, flavor: 'claude' })
      await patched(store, moved, { claudeSessionId: 'u' })
      expect(await store.tokenHolders(identity)).toEqual(['stays'])
      await store.putBackToken({ ...cleared, actor: ACTOR, flavor: 'claude', value: 't' })
      expect((await store.tokenHolders(identity)).toSorted()).toEqual(['cleared', 'stays'])
    })
  })
}
