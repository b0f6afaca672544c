import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import type { ReadFacts } from '../run-store.ts'
import type { StoreCore } from './core.ts'
import { NO_RUN } from './holds.ts'
import { readFactsOf } from './resume-facts.ts'

export function readFacts(core: StoreCore, request: ReadFacts): ResumeFacts | null {
  const { namespace, session: id, flavor, claimant } = request
  const session = core.catalog.session(namespace, id)
  if (session === undefined) return null
  return readFactsOf(core, { session, flavor, claimant, besides: runKeyOf(core, request) })
}

function runKeyOf({ sql, catalog }: StoreCore, { namespace, besides }: ReadFacts): number {
  // A driver may look for another character where it is given half of a surrogate pair.
  if (besides === undefined || !besides.isWellFormed()) return NO_RUN
  const key = catalog.namespace(namespace)?.key ?? 0
  const row = sql.get('select key from run where namespace = ? and id = ?').get<{ key: number }>(key, besides)
  return row?.key ?? NO_RUN
}
