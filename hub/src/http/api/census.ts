import type { Store } from '../../store/store.ts'
import type { ApiHandlers } from './api-handler.ts'

const USUAL_PAGE = 100

export function census({ store }: { readonly store: Store }): ApiHandlers<'GET /api/census'> {
  return {
    async 'GET /api/census'({ caller: { namespace }, query: { limit = USUAL_PAGE, cursor } }) {
      const [page, totals] = await Promise.all([
        store.census({ namespace, limit, cursor }),
        store.censusTotals(namespace),
      ])
      const { at_risk: atRisk, ...others } = totals
      return { totals: { ...others, atRisk }, groups: page.items, nextCursor: page.nextCursor }
    },
  }
}
