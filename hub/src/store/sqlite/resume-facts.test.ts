import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCensus } from './census.ts'
import { RecordingDriver } from './contract/recording-driver.ts'
import { ACTOR, makeSession, Workshop } from './contract/workshop.ts'
import { StoreCore } from './core.ts'
import { loadDriver } from './driver.ts'
import { noteEvidence } from './note-evidence.ts'
import { readFacts } from './read-facts.ts'
import { SessionWrites } from './session-writes.ts'
import { openSqliteStore } from './sqlite-store.ts'

const KEY = { namespace: 'default' }
const WHOLE = { flavor: 'claude', machineId: 'm1', path: '/srv/app', claudeSessionId: 't1' }

let workshop: Workshop
let driver: RecordingDriver
let core: StoreCore
let writes: SessionWrites
let session: string

beforeEach(async () => {
  workshop = new Workshop()
  const store = await openSqliteStore(workshop.database)
  session = (await makeSession(store, 'a', WHOLE)).session
  await makeSession(store, 'b', WHOLE)
  await store.close()
  const open = await loadDriver()
  driver = new RecordingDriver(open(workshop.database))
  workshop.later(() => driver.close())
  const outside = { now: () => 1000, newId: () => 'new' }
  core = new StoreCore(driver, outside, (error) => {
    throw error
  })
  writes = new SessionWrites(core)
})

afterEach(() => workshop.remove())

function look(token: string): Promise<{ readonly noted: boolean }> {
  const transcript = { state: 'present', because: null } as const
  return noteEvidence(core, { ...KEY, session, flavor: 'claude', token, transcript, directory: 'present' })
}

function patch(fields: object) {
  return writes.patch({ ...KEY, session, actor: ACTOR, patch: fields })
}

/** It looks through a table, an index or all that a tenant has; what a statement brings along itself is looked through too. */
function isSlow(step: string): boolean {
  return /^SCAN (?!wanted$|.*(ROW VALUES CLAUSE|CONSTANT ROW))/.test(step) || step.endsWith('(namespace=?)')
}

function slowSteps(): string[] {
  return driver
    .plans()
    .flatMap(({ sql, plan }) => plan.filter(isSlow).map((step) => `${step}: ${sql.trim()}`))
}

describe('what a verdict looks at', () => {
  test('is found by an index, and no tenant is looked through', async () => {
    driver.ran.length = 0
    expect(readFacts(core, { ...KEY, session, besides: 'none' })?.token?.value).toBe('t1')
    await look('t1')
    await patch({ claudeSessionId: 't2', machineId: 'm2' })
    await writes.rebind({
      ...KEY,
      session,
      actor: ACTOR,
      flavor: 'claude',
      token: 't3',
      machineId: 'm1',
      runtimeId: null,
      reason: 'because',
    })
    expect(driver.ran.filter((sql) => sql.includes('resume_token')).length).toBeGreaterThan(10)
    expect(slowSteps()).toEqual([])
  })

  test('is not looked at by a write of other fields', async () => {
    await patch({ name: 'one' })
    driver.ran.length = 0
    await patch({ name: 'two', summary: { text: 'three', updatedAt: 1 }, x: 4 })
    const ran = driver.ran.join('\n')
    expect(ran).toContain('insert into session_field')
    for (const beside of ['from run', 'resume_token', 'directory_evidence', 'verdict']) {
      expect(ran).not.toContain(beside)
    }
  })
})

describe('a census', () => {
  test('[WI5] reads counts, in their order, and no session', () => {
    driver.ran.length = 0
    expect(readCensus(core, { ...KEY, limit: 10 }).items).toMatchObject([{ count: 2 }])
    expect(driver.plans().flatMap(({ plan }) => plan)).toEqual([
      expect.stringMatching(/^SEARCH namespace USING/),
      expect.stringMatching(/^SEARCH census USING PRIMARY KEY \(namespace=\? AND \(flavor,/),
    ])
  })
})
