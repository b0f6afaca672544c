import type { Reason } from '@holdfast/shared/resume/reasons'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { z } from 'zod'
import { pageOf, pageSize } from '../requests.ts'
import type { CensusRow, ReadCensus } from '../run-store.ts'
import type { Page } from '../store.ts'
import type { StoreCore } from './core.ts'

/** As it is stored, where empty text stands for nothing. */
interface Group {
  readonly flavor: string
  readonly machineId: string
  readonly verdict: VerdictClass
  readonly reason: Reason | ''
  readonly count: number
}

// Triggers keep the counts, so that it costs the same however many sessions there are.
const CENSUS = `
  select flavor, machine_id as machineId, verdict, verdict_reason as reason, count from census
  where namespace = ? and (flavor, machine_id, verdict, verdict_reason) > (?, ?, ?, ?)
  order by flavor, machine_id, verdict, verdict_reason limit ?`

/** How many sessions are in each class, by agent and machine, in a fixed order. */
export function readCensus(core: StoreCore, request: ReadCensus): Page<CensusRow> {
  const namespace = core.catalog.namespace(request.namespace)
  if (namespace === undefined) return { items: [], nextCursor: null }
  const limit = pageSize(request.limit)
  const groups = core.sql.get(CENSUS).all<Group>(namespace.key, ...groupBefore(request.cursor), limit + 1)
  return pageOf(groups, limit, {
    item: ({ flavor, machineId, verdict, reason, count }) => ({
      flavor: flavor === '' ? null : flavor,
      machineId: machineId === '' ? null : machineId,
      class: verdict,
      reason: reason === '' ? null : reason,
      count,
    }),
    cursor: ({ flavor, machineId, verdict, reason }) => JSON.stringify([flavor, machineId, verdict, reason]),
  })
}

const TOTALS = 'select verdict, sum(count) as count from census where namespace = ? group by verdict'

export function readCensusTotals(core: StoreCore, namespace: string): Readonly<Record<VerdictClass, number>> {
  const totals: Record<VerdictClass, number> = { running: 0, resumable: 0, at_risk: 0, lost: 0, none: 0 }
  const known = core.catalog.namespace(namespace)
  if (known === undefined) return totals
  const rows = core.sql.get(TOTALS).all<Pick<Group, 'verdict' | 'count'>>(known.key)
  for (const { verdict, count } of rows) totals[verdict] = count
  return totals
}

const text = z.string().refine((value) => value.isWellFormed())
const groupSchema = z.tuple([text, text, text, text])
type GroupKey = z.infer<typeof groupSchema>

/** Before all groups, since every one names a class. */
const START: GroupKey = ['', '', '', '']

/** From the start where the cursor says nothing. */
function groupBefore(cursor: string | undefined): GroupKey {
  if (cursor === undefined) return START
  try {
    const parsed = groupSchema.safeParse(JSON.parse(cursor))
    return parsed.success ? parsed.data : START
  } catch {
    // As with every cursor, one that was never given out begins again.
    return START
  }
}
