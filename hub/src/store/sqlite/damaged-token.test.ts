import { judge } from '@holdfast/shared/resume/judge'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimed, completed, sessionOf } from '../contract/test-runs.ts'
import { factsOf } from '../contract/known-runs.ts'
import type { SessionKey } from '../store.ts'
import { ACTOR, makeSession, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

let workshop: Workshop
let store: SqliteStore
let session: SessionKey

const METADATA = { path: '/p', host: 'h', flavor: 'claude', machineId: 'm1', claudeSessionId: 'talk-1' }
const DAMAGED = { class: 'lost', reason: 'token_damaged' }

beforeEach(async () => {
  workshop = new Workshop()
  store = workshop.closing(await openSqliteStore(workshop.database))
  session = await makeSession(store, 'a', METADATA)
})

afterEach(() => workshop.remove())

/** Puts a text that does not end in the token's field, and lets the session be judged anew. */
async function damage(bytes = '"talk-1'): Promise<void> {
  await withSql(workshop.database, (driver) =>
    driver.prepare('update session_field set value = ? where name = ?').run(bytes, 'claudeSessionId'),
  )
  await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { path: '/elsewhere' } })
}

async function shown(): Promise<readonly unknown[]> {
  const { items } = await store.listSessions({ namespace: 'default', limit: 10 })
  const census = await store.census({ namespace: 'default', limit: 10 })
  const record = await store.readSession(session)
  return [
    record?.verdict,
    ...items.map(({ verdict }) => verdict),
    ...census.items.map(({ class: verdict, reason }) => ({ class: verdict, reason })),
  ]
}

describe('a token that can not be read', () => {
  test.each(['"talk-1', '', 'undefined', '7', '""', '{"id":"talk-1"}'])(
    '[ME12] [RV9] stored as %s, it is never taken for one that never was',
    async (bytes) => {
      await damage(bytes)
      const facts = await factsOf(store, session)
      expect(facts).toMatchObject({ token: null, tokenDamaged: true, clearedAt: null })
      expect(judge(facts, 'operator')).toMatchObject({ decision: 'fresh', reason: 'token_damaged' })
      expect(await shown()).toEqual([DAMAGED, DAMAGED, DAMAGED])
    },
  )

  test('[ME12] [RV9] is not taken for one that was cleared, where an earlier one was', async () => {
    await store.clearResumeToken({ ...session, actor: ACTOR, flavor: 'claude' })
    await store.patchSessionMetadata({ ...session, actor: ACTOR, patch: { claudeSessionId: 'talk-2' } })
    await damage()
    expect(await shown()).toEqual([DAMAGED, DAMAGED, DAMAGED])
  })

  test('[ME12] [RV9] says nothing of another agent, of which there never was one', async () => {
    await damage()
    const facts = await factsOf(store, session, { flavor: 'codex' })
    expect(facts).toMatchObject({ token: null, tokenDamaged: false })
    expect(judge(facts, 'operator')).toMatchObject({ reason: 'no_token' })
  })

  test('[ME12] [RV9] is not a token that was cleared: a removed field holds nothing', async () => {
    await store.clearResumeToken({ ...session, actor: ACTOR, flavor: 'claude' })
    expect(await factsOf(store, session)).toMatchObject({ token: null, tokenDamaged: false })
    expect((await store.readSession(session))?.verdict).toEqual({ class: 'lost', reason: 'token_cleared' })
  })

  test('[ME12] [RU4] a claim is told so and begins anew, and the bytes stay as they are', async () => {
    await damage()
    const { run, verdict } = await claimed(store, 'a')
    expect(sessionOf(run)).toEqual(session)
    expect(verdict).toMatchObject({ decision: 'fresh', reason: 'token_damaged' })
    await completed(store, run.id)
    expect(await shown()).toEqual([DAMAGED, DAMAGED, DAMAGED])
    expect((await store.readSession(session))?.damaged).toEqual(['claudeSessionId'])
  })
})
