import type { CensusTotals } from '@holdfast/shared/protocol/http/census'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import type { CensusRow } from '../../store/run-store.ts'
import type { Store } from '../../store/store.ts'
import type { ApiHandlers } from './api-handler.ts'

const USUAL_PAGE = 100
/** How many groups are read at once for the totals. */
const PIECE = 1000

const TOTAL_OF: Readonly<Record<VerdictClass, keyof CensusTotals>> = {
  running: 'running',
  resumable: 'resumable',
  at_risk: 'atRisk',
  lost: 'lost',
  none: 'none',
}

export function census({ store }: { readonly store: Store }): ApiHandlers<'GET /api/census'> {
  return {
    async 'GET /api/census'({ caller: { namespace }, query: { limit = USUAL_PAGE, cursor } }) {
      const page = await store.census({ namespace, limit, cursor })
      const isWhole = cursor === undefined && page.nextCursor === null
      const totals = isWhole ? added(NONE, page.items) : await totalsOf(store, namespace)
      return { totals, groups: page.items, nextCursor: page.nextCursor }
    },
  }
}

const NONE: CensusTotals = { running: 0, resumable: 0, atRisk: 0, lost: 0, none: 0 }

/** In pieces, so that others have their turn between two of them. */
async function totalsOf(store: Store, namespace: string): Promise<CensusTotals> {
  let totals = NONE
  let cursor: string | undefined
  for (;;) {
    const piece = await store.census({ namespace, limit: PIECE, cursor })
    totals = added(totals, piece.items)
    if (piece.nextCursor === null) return totals
    cursor = piece.nextCursor
  }
}

function added(totals: CensusTotals, groups: readonly CensusRow[]): CensusTotals {
  const sums = { ...totals }
  for (const group of groups) sums[TOTAL_OF[group.class]] += group.count
  return sums
}
