import { isLive } from '../../../runs/run-life.ts'
import { standingOf, type Standing } from '../../../runs/rules/standing.ts'
import type { StoreCore } from '../core.ts'
import { othersBeside } from './contention.ts'
import type { StoredRun } from './stored-run.ts'

// What was withdrawn never was a run.
const NEWEST = `
  select key from run where session = ? and state <> 'withdrawn' order by key desc limit 1`

/** What a report of this run is worth now. */
export function standingOfRun(core: StoreCore, run: StoredRun): Standing {
  const { state, endedBy } = run.record
  if (isLive(state)) return 'live'
  const newest = core.sql.get(NEWEST).get<{ key: number }>(run.session.key)
  const isNewest = newest?.key === run.key
  const isAlone = isNewest && othersBeside(core, run).length === 0
  return standingOf({ state, endedBy, isNewest, isAlone })
}
