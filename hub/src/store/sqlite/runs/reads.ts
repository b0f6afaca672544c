import type { RunRecord } from '@holdfast/shared/records/run'
import { pageOf, pageSize } from '../../requests.ts'
import type { LiveRun, RunKey, RunsOfSession, RunStore } from '../../run-store.ts'
import type { Page } from '../../store.ts'
import type { StoreCore } from '../core.ts'
import { cursorNumber } from '../rows.ts'
import { findRun, IS_LIVE, RUN_COLUMNS, runRecord, type RunRow } from './stored-run.ts'

export function readRun(core: StoreCore, { namespace, run }: RunKey): RunRecord | null {
  return findRun(core, namespace, run)?.record ?? null
}

export const RUNS_OF_SESSION = `
  select ${RUN_COLUMNS} from run r join session s on s.key = r.session
  where r.session = ? and r.key < ? order by r.key desc limit ?`

export function listRuns(core: StoreCore, request: RunsOfSession): Page<RunRecord> | null {
  const known = core.catalog.session(request.namespace, request.session)
  if (known === undefined) return null
  const limit = pageSize(request.limit)
  const rows = core.sql.get(RUNS_OF_SESSION).all<RunRow>(known.key, cursorNumber(request.cursor), limit + 1)
  return pageOf(rows, limit, { item: runRecord, cursor: (row) => String(row.key) })
}

export const LIVE_RUNS = `
  select ${RUN_COLUMNS}, n.name as namespace
  from run r join session s on s.key = r.session join namespace n on n.key = r.namespace
  where r.${IS_LIVE} and r.key > ? order by r.key limit ?`

interface LiveRow extends RunRow {
  readonly namespace: string
}

export function liveRuns(core: StoreCore, request: Parameters<RunStore['liveRuns']>[0]): Page<LiveRun> {
  const limit = pageSize(request.limit)
  const after = Number(request.cursor ?? 0)
  const rows = core.sql.get(LIVE_RUNS).all<LiveRow>(Number.isSafeInteger(after) ? after : 0, limit + 1)
  return pageOf(rows, limit, {
    item: ({ namespace, ...row }) => ({ namespace, run: runRecord(row) }),
    cursor: (row) => String(row.key),
  })
}
