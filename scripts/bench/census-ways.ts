import type { SqliteDriver } from '@holdfast/hub/store/sqlite/driver'
import { NAMESPACE } from './engine.ts'

/** What keeps a census ready: counts that triggers keep, as in the store; an index to group over; or nothing at all. */
export type CensusKeeper = 'triggers' | 'index' | 'nothing'

/** A group of the census, as it is stored. */
export interface CensusCount {
  readonly flavor: string
  readonly machine_id: string
  readonly verdict: string
  readonly verdict_reason: string
  readonly count: number
}

const GROUP = 'flavor, machine_id, verdict, verdict_reason'
const OF_NAMESPACE = `where namespace = (select key from namespace where name = '${NAMESPACE}')`

/** As the hub reads it. */
export const FROM_COUNTS = `select ${GROUP}, count from census ${OF_NAMESPACE} order by ${GROUP}`

/** The same from the sessions themselves. */
export const BY_GROUPING = `
  select ${GROUP}, count(*) as count from session ${OF_NAMESPACE} group by ${GROUP} order by ${GROUP}`

export function censusOf(driver: SqliteDriver, sql: string): CensusCount[] {
  return driver.prepare(sql).all<CensusCount>()
}

const TRIGGERS = `select name from sqlite_schema where type = 'trigger' and name like 'census%'`

/** Takes the triggers away, for good: only a copy of a database may come here. */
export function keepWith(driver: SqliteDriver, keeper: Exclude<CensusKeeper, 'triggers'>): void {
  for (const { name } of driver.prepare(TRIGGERS).all<{ name: string }>()) driver.exec(`drop trigger ${name}`)
  if (keeper === 'index') driver.exec(`create index session_by_verdict on session (namespace, ${GROUP})`)
}

const VERDICTS = [
  ['lost', 'token_cleared'],
  ['at_risk', 'run_interrupted'],
] as const

/** Gives so many sessions, from all over the table, another verdict than the visit before; one transaction. */
export function changeVerdicts(
  driver: SqliteDriver,
  { changes, visit }: { changes: number; visit: number },
): void {
  const most = driver.prepare('select max(key) as most from session').get<{ most: number }>()?.most ?? 0
  const [verdict, reason] = VERDICTS[visit % 2] ?? VERDICTS[0]
  const update = driver.prepare('update session set verdict = ?, verdict_reason = ? where key = ?')
  driver.exec('begin immediate')
  for (let at = 0; at < changes; at += 1) update.run(verdict, reason, 1 + Math.floor((at * most) / changes))
  driver.exec('commit')
}
