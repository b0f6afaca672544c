import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadDriver, type SqliteDriver } from '@holdfast/hub/store/sqlite/driver'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BY_GROUPING, censusOf, changeVerdicts, FROM_COUNTS, keepWith } from './census-ways.ts'
import { makeFilledSession } from './filled-session.ts'

const SESSIONS = 200

let folder: string
let driver: SqliteDriver

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-census-ways-'))
  const file = join(folder, 'holdfast.db')
  const store = await openSqliteStore(file)
  await Promise.all(Array.from({ length: SESSIONS }, (_, index) => makeFilledSession(store, index)))
  await store.close()
  driver = (await loadDriver())(file)
})

afterEach(() => {
  driver.close()
  rmSync(folder, { recursive: true, force: true })
})

const verdicts = (): string[] =>
  driver
    .prepare('select verdict from session order by key')
    .all<{ verdict: string }>()
    .map(({ verdict }) => verdict)

test('as many sessions as are asked for get another verdict at each visit', () => {
  changeVerdicts(driver, { changes: 50, visit: 0 })
  const before = verdicts()
  changeVerdicts(driver, { changes: 50, visit: 1 })
  const after = verdicts()
  expect(after.filter((verdict, at) => verdict !== before[at])).toHaveLength(50)
})

test('the counts that triggers keep are those of the sessions, also once verdicts have changed', () => {
  const before = censusOf(driver, FROM_COUNTS)
  expect(before).toEqual(censusOf(driver, BY_GROUPING))
  expect(before.length).toBeGreaterThan(20)
  changeVerdicts(driver, { changes: 50, visit: 0 })
  expect(censusOf(driver, FROM_COUNTS)).toEqual(censusOf(driver, BY_GROUPING))
  expect(censusOf(driver, FROM_COUNTS)).not.toEqual(before)
})

test('without the triggers nothing is counted', () => {
  const before = censusOf(driver, FROM_COUNTS)
  keepWith(driver, 'nothing')
  changeVerdicts(driver, { changes: 50, visit: 0 })
  expect(censusOf(driver, FROM_COUNTS)).toEqual(before)
  expect(censusOf(driver, BY_GROUPING)).not.toEqual(before)
})

test('the index covers what is grouped, and no rows are sorted', () => {
  const before = censusOf(driver, BY_GROUPING)
  keepWith(driver, 'nothing')
  keepWith(driver, 'index')
  expect(censusOf(driver, BY_GROUPING)).toEqual(before)
  const plan = driver.prepare(`explain query plan ${BY_GROUPING}`).all<{ detail: string }>()
  const details = plan.map(({ detail }) => detail).join('\n')
  expect(details).toContain('SEARCH session USING COVERING INDEX session_by_verdict (namespace=?)')
  expect(details).not.toContain('TEMP B-TREE')
})
