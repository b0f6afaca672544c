import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionKey } from '../store.ts'
import { ACTOR, makeSession, rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import type { SqlValue } from './driver.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore
let session: SessionKey

const METADATA = {
  path: '/p',
  host: 'h',
  flavor: 'cursor',
  cursorSessionId: 'chat-1',
  cursorSessionProtocol: 'acp',
  claudeSessionId: 'talk-1',
  name: 'a name',
  custom: { mine: [1, 2] },
}

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  session = await makeSession(store, 'a', METADATA)
})

afterEach(() => workshop.remove())

function run(sql: string, ...params: SqlValue[]): Promise<unknown> {
  return withSql(workshop.database, (driver) => driver.prepare(sql).run(...params))
}

/** Puts bytes in a field that SQLite stores as text, whatever they are. */
function damage(field: string, bytes = BROKEN): Promise<unknown> {
  return run(
    'update session_field set value = cast(? as text) where name = ?',
    Buffer.from(bytes, 'latin1'),
    field,
  )
}

const BROKEN = '"chat-1'

async function bytesOf(field: string): Promise<string | null | undefined> {
  const row = await withSql(workshop.database, (driver) =>
    driver
      .prepare('select hex(cast(value as blob)) as value from session_field where name = ?')
      .get<{ value: string }>(field),
  )
  return row === undefined ? undefined : Buffer.from(row.value, 'hex').toString('latin1')
}

function without(...fields: string[]): object {
  return Object.fromEntries(Object.entries(METADATA).filter(([name]) => !fields.includes(name)))
}

describe('reading', () => {
  test.each([
    ['a text that does not end', '"chat-1'],
    ['no text at all', ''],
    ['two values', '"a" "b"'],
    ['a word', 'undefined'],
    ['a NUL inside', '"chat\u0000-1"'],
    ['a NUL behind', '"chat-1"\u0000'],
    ['a line break inside a text', '"chat\n-1"'],
    ['a comma too many', '["a",]'],
    ['single quotes', `'chat-1'`],
  ])('[ME12] %s is listed as damaged, and every other field is shown', async (_, bytes) => {
    await damage('cursorSessionId', bytes)
    const record = await store.readSession(session)
    expect(record?.damaged).toEqual(['cursorSessionId'])
    expect(record?.metadata).toEqual(without('cursorSessionId'))
    const { items } = await store.listSessions({ namespace: 'default', limit: 10 })
    expect(items[0]?.damaged).toEqual(['cursorSessionId'])
    expect(items[0]?.metadata).toEqual(without('cursorSessionId', 'custom'))
  })

  test('[ME12] every damaged field is listed, and the session is found by its tag', async () => {
    await damage('cursorSessionId')
    await damage('custom')
    const request = { namespace: 'default', tag: 'a', actor: ACTOR, metadata: {} }
    const made = await store.createOrLoadSession(request)
    if (made.kind !== 'session') throw new Error(made.code)
    expect(made.created).toBe(false)
    expect(made.session.damaged.toSorted()).toEqual(['cursorSessionId', 'custom'])
    expect(made.session.metadata).toEqual(without('cursorSessionId', 'custom'))
  })
})

describe('a patch', () => {
  test.each(['cursorSessionId', 'path', 'name', 'custom'])(
    '[ME12] that names %s is refused',
    async (field) => {
      await damage(field)
      const patch = { [field]: 'new', claudeSessionId: 'talk-2' }
      expect(await store.patchSessionMetadata({ ...session, actor: ACTOR, patch })).toMatchObject({
        kind: 'refused',
        code: 'field_damaged',
        field,
      })
      expect(await bytesOf(field)).toBe(BROKEN)
      expect(await store.readSession(session)).toMatchObject({ metadataVersion: 1 })
    },
  )

  test('[ME12] that would remove it is refused', async () => {
    await damage('name')
    const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: null } })
    expect(answer).toMatchObject({ kind: 'refused', code: 'field_damaged' })
    expect(await bytesOf('name')).toBe(BROKEN)
  })

  test('[ME12] of other fields succeeds and leaves its bytes as they are', async () => {
    await damage('cursorSessionId')
    const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
    expect(answer).toMatchObject({ kind: 'written', version: 2, changed: ['name'] })
    expect(await bytesOf('cursorSessionId')).toBe(BROKEN)
    expect((await store.readSession(session))?.metadata['name']).toBe('new')
  })

  test('[ME12] of a token beside which the paired value is damaged keeps those bytes', async () => {
    await damage('cursorSessionProtocol')
    const answer = await store.patchSessionMetadata({
      ...session,
      actor: ACTOR,
      patch: { cursorSessionId: 'chat-2' },
    })
    expect(answer).toMatchObject({ kind: 'written', changed: ['cursorSessionId'] })
    expect(await bytesOf('cursorSessionProtocol')).toBe(BROKEN)
    expect((await store.readSession(session))?.damaged).toEqual(['cursorSessionProtocol'])
  })
})

describe('a replace', () => {
  test('[ME12] that names it succeeds for the rest, says so, and keeps the bytes', async () => {
    await damage('cursorSessionId')
    await damage('custom')
    const metadata = { ...METADATA, cursorSessionId: 'chat-2', custom: 1, name: 'new' }
    const answer = await store.updateSessionMetadata({
      ...session,
      actor: ACTOR,
      expectedVersion: 1,
      metadata,
    })
    expect(answer).toMatchObject({ kind: 'written', version: 2, changed: ['name'] })
    if (answer.kind !== 'written') throw new Error(answer.kind)
    expect(answer.refused.map(({ field, code }) => [field, code])).toEqual([
      ['cursorSessionId', 'field_damaged'],
      ['custom', 'field_damaged'],
      ['cursorSessionProtocol', 'invalid_field'],
    ])
    expect(answer.metadata).toEqual({ ...without('cursorSessionId', 'custom'), name: 'new' })
    expect([await bytesOf('cursorSessionId'), await bytesOf('custom')]).toEqual([BROKEN, BROKEN])
  })

  test.each(['cursorSessionId', 'name'])('[ME12] that leaves %s out keeps its bytes', async (field) => {
    await damage(field)
    const metadata = without(field)
    const answer = await store.updateSessionMetadata({
      ...session,
      actor: ACTOR,
      expectedVersion: 1,
      metadata: { ...metadata, host: 'new' },
    })
    expect(answer).toMatchObject({ kind: 'written', version: 2, changed: ['host'] })
    expect(await bytesOf(field)).toBe(BROKEN)
  })

  test('[ME12] that clears it with null keeps its bytes and says so', async () => {
    await damage('cursorSessionId')
    const metadata = { ...without('cursorSessionProtocol'), cursorSessionId: null }
    const answer = await store.updateSessionMetadata({
      ...session,
      actor: ACTOR,
      expectedVersion: 1,
      metadata,
    })
    expect(answer).toMatchObject({
      kind: 'written',
      version: 1,
      changed: [],
      refused: [{ field: 'cursorSessionId', code: 'field_damaged' }],
    })
    expect(await bytesOf('cursorSessionId')).toBe(BROKEN)
  })
})

describe('the operations on tokens', () => {
  test('[ME12] a clear of a damaged token is refused and keeps its bytes', async () => {
    await damage('cursorSessionId')
    const answer = await store.clearResumeToken({ ...session, actor: ACTOR, flavor: 'cursor' })
    expect(answer).toMatchObject({ kind: 'refused', code: 'field_damaged', field: 'cursorSessionId' })
    expect([await bytesOf('cursorSessionId'), await bytesOf('cursorSessionProtocol')]).toEqual([
      BROKEN,
      '"acp"',
    ])
  })

  test('[ME12] a clear of a token keeps a damaged value beside it', async () => {
    await damage('cursorSessionProtocol')
    const answer = await store.clearResumeToken({ ...session, actor: ACTOR, flavor: 'cursor' })
    expect(answer).toMatchObject({ kind: 'written', changed: ['cursorSessionId'] })
    expect(await bytesOf('cursorSessionProtocol')).toBe(BROKEN)
  })

  test('[ME12] a put-back over a damaged token is refused and keeps its bytes', async () => {
    const patch = { cursorSessionId: 'chat-2' }
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch })
    await damage('cursorSessionId')
    const answer = await store.putBackToken({ ...session, actor: ACTOR, flavor: 'cursor', value: 'chat-1' })
    expect(answer).toMatchObject({ kind: 'refused', code: 'field_damaged', field: 'cursorSessionId' })
    expect(await bytesOf('cursorSessionId')).toBe(BROKEN)
  })

  test('[ME12][ME14] the value that was damaged is in the token history still', async () => {
    await damage('cursorSessionId')
    const page = await store.tokenHistory({ ...session, limit: 10 })
    expect(page?.items.map(({ flavor, value, paired }) => [flavor, value, paired])).toContainEqual([
      'cursor',
      'chat-1',
      'acp',
    ])
  })
})

describe('a restore', () => {
  beforeEach(async () => {
    const patch = { name: 'new', custom: 'new', cursorSessionId: 'chat-2' }
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch })
  })

  test('[ME12][JO3] of a damaged field by its name is refused', async () => {
    await damage('name')
    const answer = await store.restoreSession({
      ...session,
      actor: ACTOR,
      version: 1,
      fields: ['name', 'custom'],
    })
    expect(answer).toMatchObject({ kind: 'refused', code: 'field_damaged', field: 'name' })
    expect(await bytesOf('name')).toBe(BROKEN)
    expect((await store.readSession(session))?.metadataVersion).toBe(2)
  })

  test('[ME12][JO3] of everything restores the others and says what it skipped', async () => {
    await damage('name')
    const answer = await store.restoreSession({ ...session, actor: ACTOR, version: 1 })
    expect(answer).toMatchObject({ kind: 'written', version: 3, skipped: ['name'] })
    expect(await bytesOf('name')).toBe(BROKEN)
    expect((await store.readSession(session))?.metadata).toEqual(without('name'))
  })
})

describe('damage beside the metadata gives a code, and stays where it is', () => {
  test('[ME12] in the agent state: the session is read without it, and nothing overwrites it', async () => {
    await run('update agent_state set value = ?', '{"broken')
    const read = await store.readSession(session)
    expect(read).toMatchObject({ metadata: METADATA, agentState: null, agentStateDamaged: true })
    const { items } = await store.listSessions({ namespace: 'default', limit: 10 })
    expect(items[0]?.metadata).toEqual(without('custom'))
    const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
    expect(answer).toMatchObject({ kind: 'written', version: 2 })
    for (const expectedVersion of [1, 7]) {
      const refused = await store.updateAgentState({ ...session, expectedVersion, agentState: {} })
      expect(refused).toMatchObject({ kind: 'refused', code: 'field_damaged', field: 'agentState' })
    }
    const state = await withSql(workshop.database, (driver) =>
      driver.prepare('select value, version from agent_state').get(),
    )
    expect(state).toEqual({ value: '{"broken', version: 1 })
  })

  test('in a journal entry: its history is refused, that of another session is not', async () => {
    const other = await makeSession(store, 'b', { name: 'b' })
    await run(`update journal set changes = '{"broken' where seq = 1`)
    expect(await rejectionOf(store.sessionHistory({ ...session, limit: 10 }))).toBe('database_damaged')
    expect(await rejectionOf(store.fieldHistory({ ...session, field: 'name', limit: 10 }))).toBe(
      'database_damaged',
    )
    const feed = { namespace: 'default', limit: 10 }
    expect(await store.readFeed({ ...feed, after: 0 })).toMatchObject({
      kind: 'too_far_behind',
      because: 'damaged',
      head: 2,
    })
    expect(await store.readFeed({ ...feed, after: 1 })).toMatchObject({
      kind: 'changes',
      changes: [{ seq: 2 }],
    })
    expect((await store.sessionHistory({ ...other, limit: 10 }))?.items).toHaveLength(1)
    expect((await store.readSession(session))?.metadata).toEqual(METADATA)
    const answer = await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'new' } })
    expect(answer).toMatchObject({ kind: 'written', version: 2 })
  })

  test.each<[string, string]>([
    ['an actor that does not parse', `update journal set actor = '{"broken'`],
    ['an actor that is none', `update journal set actor = '{"door":"window"}'`],
    ['an operation that is none', `update journal set op = 'invented'`],
    ['changes that are no object', `update journal set changes = 'null'`],
    ['a change that is no object', `update journal set changes = '{"name":null}'`],
  ])('in the journal, %s: refused with a code that names damage', async (_, sql) => {
    await run(sql)
    expect(await rejectionOf(store.sessionHistory({ ...session, limit: 10 }))).toBe('database_damaged')
    expect(await store.readFeed({ namespace: 'default', after: 0, limit: 10 })).toMatchObject({
      kind: 'too_far_behind',
      because: 'damaged',
    })
  })

  test('[CO10] in a host: released clients are sent no metadata, and their blob removes none', async () => {
    await damage('host')
    const metadata = { path: '/p', custom: 'new' }
    const replace = { ...session, actor: ACTOR, expectedVersion: 1, metadata }
    expect(await store.updateSessionMetadata(replace)).toMatchObject({
      kind: 'written',
      changed: ['custom'],
      metadata: { name: 'a name' },
    })
  })

  test('in the token history: refused with a code that names damage', async () => {
    await run(`update resume_token set set_by = '{"broken'`)
    expect(await rejectionOf(store.tokenHistory({ ...session, limit: 10 }))).toBe('database_damaged')
    expect((await store.readSession(session))?.metadata).toEqual(METADATA)
  })

  test('in a machine: the others are read', async () => {
    for (const id of ['m1', 'm2'])
      await store.createOrLoadMachine({ namespace: 'default', id, metadata: { host: id } })
    await run(`update machine set metadata = '{"broken' where id = 'm1'`)
    expect(await rejectionOf(store.readMachine({ namespace: 'default', machine: 'm1' }))).toBe(
      'database_damaged',
    )
    expect((await store.readMachine({ namespace: 'default', machine: 'm2' }))?.metadata).toEqual({
      host: 'm2',
    })
  })

  test('in the answer that a mutation id keeps: refused with a code that names damage', async () => {
    const write = { ...session, actor: ACTOR, patch: { name: 'new' }, mutationId: 'mutation-0000001' }
    await store.patchSessionMetadata(write)
    await run(`update mutation set answer = '{"broken'`)
    expect(await rejectionOf(store.patchSessionMetadata(write))).toBe('database_damaged')
    expect((await store.readSession(session))?.metadataVersion).toBe(2)
  })
})

test('[FE1] a value too large for the journal, damaged where it is kept, is unavailable and holds nothing up', async () => {
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { large: 'x'.repeat(100_000) } })
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { name: 'another' } })
  await damage('large')
  const page = await store.readFeed({ namespace: session.namespace, after: 1, limit: 10 })
  expect(page).toMatchObject({
    kind: 'changes',
    changes: [
      { set: {}, unavailable: ['large'] },
      { set: { name: 'another' }, unavailable: [] },
    ],
  })
})
