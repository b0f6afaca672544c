import { describe, expect, test } from 'vitest'
import { journalOf, patched, read } from '../store/contract/test-store.ts'
import { changed, failing } from './contract/changed-store.ts'
import { HeldDelays } from './contract/held-delays.ts'
import { openSocketWorld, PLACE } from './contract/socket-world.ts'

describe('update-metadata', () => {
  test('[CO3] is answered with the merged value and its version', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born({ ...PLACE, claudeSessionId: 'token', name: 'old' })
    const client = await world.connect({ sessionId: session })
    const metadata = { ...PLACE, summary: { text: 't', updatedAt: 1 } }
    expect(await client.ask('update-metadata', { sid: session, expectedVersion: 1, metadata })).toEqual({
      result: 'success',
      version: 2,
      metadata: { ...metadata, claudeSessionId: 'token' },
    })
  })

  test('[CO3] against another version is answered with what is there', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, claudeSessionId: 'token' })
    const client = await world.connect()
    const blob = { sid: key.session, metadata: { ...PLACE, name: 'mine' } }
    for (const expectedVersion of [0, 2, 99, -1, -(2 ** 53 - 1), 2 ** 53 - 1]) {
      const ack = await client.ask('update-metadata', { ...blob, expectedVersion })
      expect(ack).toEqual({
        result: 'version-mismatch',
        version: 1,
        metadata: { ...PLACE, claudeSessionId: 'token' },
      })
    }
    expect((await read(world.store, key)).metadataVersion).toBe(1)
  })

  test('[CO10] what breaks the types of released clients is left out of the ack, and kept', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, hostPid: 'text' })
    const client = await world.connect()
    const blob = {
      sid: key.session,
      expectedVersion: 1,
      metadata: { ...PLACE, name: 'n', hapiMcpUrl: 'no url' },
    }
    expect(await client.ask('update-metadata', blob)).toEqual({
      result: 'success',
      version: 2,
      metadata: { ...PLACE, name: 'n' },
    })
    expect((await read(world.store, key)).metadata).toMatchObject({ hostPid: 'text', hapiMcpUrl: 'no url' })
    expect(await client.ask('update-metadata', { ...blob, expectedVersion: 7 })).toMatchObject({
      result: 'version-mismatch',
      metadata: { ...PLACE, name: 'n' },
    })
  })

  test('[CO10] metadata without path or host is null in the ack', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born({ name: 'n' })
    const client = await world.connect()
    const blob = { sid: session, expectedVersion: 1, metadata: { name: 'other' } }
    expect(await client.ask('update-metadata', blob)).toEqual({
      result: 'success',
      version: 2,
      metadata: null,
    })
  })

  test('[CO9] a protected field with a value that it can not have is refused, and the rest is taken', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born({ ...PLACE, claudeSessionId: 'token' })
    const client = await world.connect()
    const metadata = { ...PLACE, claudeSessionId: ' ', machineId: 7, name: 'n' }
    expect(await client.ask('update-metadata', { sid: session, expectedVersion: 1, metadata })).toMatchObject(
      {
        result: 'success',
        version: 2,
        metadata: { ...PLACE, claudeSessionId: 'token', name: 'n' },
        refused: [
          { field: 'claudeSessionId', code: 'invalid_field' },
          { field: 'machineId', code: 'invalid_field' },
        ],
      },
    )
  })

  test('[CO9] half of an emoji and NUL become U+FFFD', async () => {
    await using world = await openSocketWorld()
    const { session } = await world.born()
    const client = await world.connect()
    const metadata = { ...PLACE, name: 'cut \uD83D', os: 'a\u0000b' }
    expect(await client.ask('update-metadata', { sid: session, expectedVersion: 1, metadata })).toEqual({
      result: 'success',
      version: 2,
      metadata: { ...PLACE, name: 'cut \uFFFD', os: 'a\uFFFDb' },
    })
  })

  test('[CO3] without an ack it is carried out all the same', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect()
    client.tell('update-metadata', {
      sid: key.session,
      expectedVersion: 1,
      metadata: { ...PLACE, name: 'n' },
    })
    client.tell('update-metadata', { sid: 'not-there', expectedVersion: 1, metadata: {} })
    const after = { sid: key.session, expectedVersion: 2, metadata: { ...PLACE, name: 'm' } }
    expect(await client.ask('update-metadata', after)).toMatchObject({ result: 'success', version: 3 })
  })

  test('[JO1] the journal names the door, the device and the machine', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    await world.machine('m1')
    const { token, device } = await world.device('agent')
    const client = await world.connect({ token, machineId: 'm1' })
    const foreign = await world.connect({ token, machineId: 'm2' })
    for (const [expectedVersion, sender] of [client, foreign].entries()) {
      const metadata = { ...PLACE, name: `n${expectedVersion}` }
      await sender.ask('update-metadata', {
        sid: key.session,
        expectedVersion: expectedVersion + 1,
        metadata,
      })
    }
    const [second, first] = await journalOf(world.store, key)
    expect(first?.actor).toEqual({ door: 'hapi', device: device.id, machine: 'm1' })
    expect(second?.actor).toEqual({ door: 'hapi', device: device.id })
  })
})

const TRAPS = JSON.parse('{"__proto__":{"a":1},"constructor":1}') as object

describe('what is wrong with a field costs that field', () => {
  const LONG = 'k'.repeat(257)
  test.each<[string, object, string, string]>([
    ['a key that is never allowed', { worktree: TRAPS }, 'worktree', 'forbidden_key'],
    ['a field that is never allowed', TRAPS, '__proto__', 'forbidden_key'],
    ['a field with a name too long', { [LONG]: 1 }, LONG.slice(0, 80), 'key_too_long'],
    ['a key too long', { worktree: { [LONG]: 1 } }, 'worktree', 'key_too_long'],
    ['a number that can not be kept', { hostPid: 2 ** 60 }, 'hostPid', 'invalid_field'],
    ['values nested too deep', { tools: nested(40) }, 'tools', 'too_deep'],
    ['a value too large', { summary: 'x'.repeat(1024 * 1024) }, 'summary', 'too_large'],
    ['too many keys', { worktree: keys(5000) }, 'worktree', 'too_many_keys'],
    ['a binary value', { name: Buffer.from('abc') }, 'name', 'invalid_field'],
  ])('[CO9] %s', async (_, bad, field, code) => {
    await using world = await openSocketWorld()
    const before = { ...PLACE, claudeSessionId: 'token', tools: ['a'], name: 'before' }
    const key = await world.born(before)
    const client = await world.connect()
    const metadata = { ...before, os: 'linux', ...bad }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({
      result: 'success',
      version: 2,
      refused: expect.arrayContaining([{ field, code, message: expect.any(String) }]),
    })
    expect((await read(world.store, key)).metadata).toEqual({ ...before, os: 'linux' })
  })

  test('[CO9] a token that can not be stored takes its pair with it, and the old ones stay', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, cursorSessionId: 'old', cursorSessionProtocol: 'acp' })
    const client = await world.connect()
    const metadata = {
      ...PLACE,
      cursorSessionId: nested(40),
      cursorSessionProtocol: 'stream-json',
      name: 'n',
    }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({
      result: 'success',
      version: 2,
      metadata: { name: 'n', cursorSessionId: 'old', cursorSessionProtocol: 'acp' },
    })
    expect(ack).toMatchObject({ refused: [{ field: 'cursorSessionId' }, { field: 'cursorSessionProtocol' }] })
  })

  test('[CO9] a paired value that can not be stored does not stay with another token', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, cursorSessionId: 'old', cursorSessionProtocol: 'acp' })
    const client = await world.connect()
    const metadata = { ...PLACE, cursorSessionId: 'new', cursorSessionProtocol: nested(40) }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({
      result: 'success',
      version: 2,
      refused: [{ field: 'cursorSessionProtocol' }],
    })
    expect((await read(world.store, key)).metadata).toEqual({ ...PLACE, cursorSessionId: 'new' })
  })

  test('[CO9] a document that would be too large keeps what it had of the fields that grow most', async () => {
    await using world = await openSocketWorld()
    const before = {
      ...PLACE,
      claudeSessionId: 'token',
      conversationHistoryTurns: history(300),
      name: 'before',
    }
    const key = await world.born(before)
    const client = await world.connect()
    const metadata = {
      ...PLACE,
      conversationHistoryTurns: history(900),
      conversationHistoryEntryIds: history(300),
      lifecycleState: 'archived',
    }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({
      result: 'success',
      version: 2,
      refused: [{ field: 'conversationHistoryTurns', code: 'too_large' }],
    })
    expect((await read(world.store, key)).metadata).toEqual({
      ...metadata,
      conversationHistoryTurns: before.conversationHistoryTurns,
      claudeSessionId: 'token',
    })
  })

  test('[CO9] and one with too many keys', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, other: keys(3000) })
    const client = await world.connect()
    const metadata = { ...PLACE, worktree: keys(2000), name: 'n' }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({
      result: 'success',
      version: 2,
      refused: [{ field: 'worktree', code: 'too_many_keys' }],
    })
    expect((await read(world.store, key)).metadata).toEqual({ ...PLACE, other: keys(3000), name: 'n' })
  })

  test('[CO9] where nothing at all can be taken, the answer is the session as it stands', async () => {
    const full = { kind: 'refused', code: 'too_large', message: 'Too large.' } as const
    await using world = await openSocketWorld({
      store: (store) => changed(store, { updateSessionMetadata: () => Promise.resolve(full) }),
    })
    const key = await world.born({ ...PLACE, claudeSessionId: 'token' })
    const client = await world.connect()
    const ack = await client.ask('update-metadata', {
      sid: key.session,
      expectedVersion: 1,
      metadata: { name: 'n' },
    })
    expect(ack).toEqual({
      result: 'success',
      version: 1,
      metadata: { ...PLACE, claudeSessionId: 'token' },
      refused: [{ field: 'name', code: 'too_large', message: 'Too large.' }],
    })
  })

  test('[CO9] a stale blob with something wrong in it is a mismatch', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    await patched(world.store, key, { name: 'theirs' })
    const client = await world.connect()
    const blob = { sid: key.session, expectedVersion: 1, metadata: { hostPid: 2 ** 60 } }
    expect(await client.ask('update-metadata', blob)).toEqual({
      result: 'version-mismatch',
      version: 2,
      metadata: { ...PLACE, name: 'theirs' },
    })
  })

  test('[CO9] an ack lists a bounded number of fields', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const client = await world.connect()
    const metadata = { ...PLACE, os: 'linux', ...fields(3000) }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({ result: 'success', version: 2, metadata: { ...PLACE, os: 'linux' } })
    expect((ack as { refused: unknown[] }).refused).toHaveLength(256)
  })

  test('[CO9] [SE5] of a blob with more fields than any document may have, nothing is taken', async () => {
    await using world = await openSocketWorld()
    const key = await world.born({ ...PLACE, claudeSessionId: 'token' })
    const client = await world.connect()
    const metadata = { ...PLACE, os: 'linux', ...fields(200_000) }
    const ack = await client.ask('update-metadata', { sid: key.session, expectedVersion: 1, metadata })
    expect(ack).toMatchObject({ result: 'success', version: 1, metadata: { claudeSessionId: 'token' } })
    expect((ack as { refused: unknown[] }).refused).toHaveLength(256)
    expect((await read(world.store, key)).metadataVersion).toBe(1)
  })
})

const there = (sid: string) => ({ sid, expectedVersion: 1, metadata: { name: 'x' } })

describe('what a released client is told a second late', () => {
  test.each<[string, (sid: string) => unknown, object]>([
    ['a session that is not there', () => there('not-there'), { result: 'error', reason: 'not-found' }],
    ['a session of another tenant', () => there('theirs'), { result: 'error', reason: 'not-found' }],
    ['a list', (sid) => ({ ...there(sid), metadata: [] }), { result: 'error' }],
    ['null', (sid) => ({ ...there(sid), metadata: null }), { result: 'error' }],
    ['text', (sid) => ({ ...there(sid), metadata: 'x' }), { result: 'error' }],
    ['no metadata', (sid) => ({ sid, expectedVersion: 1 }), { result: 'error' }],
    ['no version', (sid) => ({ sid, metadata: {} }), { result: 'error' }],
    ['no payload', () => undefined, { result: 'error' }],
  ])('[CO9] %s', async (_, payload, expected) => {
    const delays = new HeldDelays()
    await using world = await openSocketWorld({ later: delays.later })
    const key = await world.born()
    await world.born(PLACE, { id: 'theirs', namespace: 'other' })
    const client = await world.connect()
    let ack: unknown = 'not yet'
    const asked = client.ask('update-metadata', payload(key.session)).then((answer) => (ack = answer))
    await delays.waiting(1)
    await client.settled()
    expect([ack, delays.asked]).toEqual(['not yet', [1000]])
    delays.release()
    await asked
    expect(ack).toEqual(expected)
    expect((await read(world.store, key)).metadataVersion).toBe(1)
  })

  test('[CO9] what the store could not do', async () => {
    const delays = new HeldDelays()
    await using world = await openSocketWorld({
      later: delays.later,
      store: (store) => changed(store, { updateSessionMetadata: failing('storage_full') }),
    })
    const { session } = await world.born()
    const client = await world.connect()
    const asked = client.ask('update-metadata', there(session))
    await delays.waiting(1)
    delays.release()
    expect(await asked).toEqual({ result: 'error' })
    expect(world.door.counts.failed).toBe(1)
  })

  test('[CO9] what a token that only reads may not', async () => {
    await using world = await openSocketWorld()
    const key = await world.born()
    const { token } = await world.device('viewer')
    const client = await world.connect({ token, sessionId: key.session })
    expect(await client.ask('update-metadata', there(key.session))).toEqual({
      result: 'error',
      reason: 'access-denied',
    })
    expect((await read(world.store, key)).metadata).toEqual(PLACE)
  })
})

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let at = 0; at < depth; at += 1) value = [value]
  return value
}

function keys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at]))
}

/** Fields with a value that can not be stored. */
function fields(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, 2 ** 60]))
}

/** About so many KiB, in values that a history map may have. */
function history(kib: number): object {
  return Object.fromEntries(Array.from({ length: kib }, (_, at) => [`m${at}`, 'x'.repeat(1015)]))
}
