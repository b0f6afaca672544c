// Counts the sessions of a database that nobody else has open, in every way that could keep a census ready.
import { isDeepStrictEqual } from 'node:util'
import { loadDriver } from '@holdfast/hub/store/sqlite/driver'
import {
  BY_GROUPING,
  censusOf,
  changeVerdicts,
  FROM_COUNTS,
  keepWith,
  type CensusKeeper,
} from './census-ways.ts'
import { jobOf, say } from './child-talk.ts'
import { DURABLE } from './group-commit.ts'
import { millisecondsOf } from './milliseconds-of.ts'
import { timedLots, type Lots } from './timed-lots.ts'

export interface CensusJob {
  readonly database: string
  /** How many sessions get another verdict in one transaction. */
  readonly changes: number
}

export interface CensusTime {
  /** The medians of lots. */
  readonly milliseconds: readonly number[]
  /** Of one census, or of one change of a verdict. */
  readonly cpuMicros: { readonly user: number; readonly system: number }
}

export interface CensusTimes {
  readonly counts: CensusTime
  readonly grouped: CensusTime
  /** The milliseconds are those of so many changes as the job says. */
  readonly changes: Readonly<Record<CensusKeeper, CensusTime>>
}

const COUNTS = { lots: 5, each: 100 }
const GROUPED = { lots: 5, each: 3 }
const CHANGES = { lots: 5, each: 3 }

const { database, changes } = jobOf<CensusJob>()
const open = await loadDriver()
const driver = open(database)
driver.exec(DURABLE)
let visit = 0

function change(): void {
  changeVerdicts(driver, { changes, visit })
  visit += 1
}

/** `holds`: how many of what is told of the processor are in one of what is timed. */
async function timed(lots: Lots, holds: number, once: () => void): Promise<CensusTime> {
  const before = process.cpuUsage()
  const milliseconds = await timedLots(lots, () => millisecondsOf(once))
  const { user, system } = process.cpuUsage(before)
  const times = lots.lots * lots.each * holds
  return { milliseconds, cpuMicros: { user: user / times, system: system / times } }
}

/** Once before, so that each way finds the rows in memory. */
function timedChanges(): Promise<CensusTime> {
  change()
  return timed(CHANGES, changes, change)
}

function timedCensus(lots: Lots, sql: string): Promise<CensusTime> {
  return timed(lots, 1, () => void censusOf(driver, sql))
}

async function censusTimes(): Promise<CensusTimes> {
  const triggers = await timedChanges()
  if (!isDeepStrictEqual(censusOf(driver, FROM_COUNTS), censusOf(driver, BY_GROUPING)))
    throw new Error('The counts are not those of the sessions.')
  const counts = await timedCensus(COUNTS, FROM_COUNTS)
  keepWith(driver, 'nothing')
  const nothing = await timedChanges()
  keepWith(driver, 'index')
  const index = await timedChanges()
  const grouped = await timedCensus(GROUPED, BY_GROUPING)
  return { counts, grouped, changes: { triggers, index, nothing } }
}

say(await censusTimes())
driver.close()
process.exit(0)
