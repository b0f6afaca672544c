import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { markContended } from './contention.ts'
import { IS_LIVE, runAt } from './stored-run.ts'

const IMPLICIT = `select key from run where session = ? and ${IS_LIVE} and kind = 'implicit'`

/**
 * A session got a token from a client that knows no runs: somebody else may be in that conversation. Those who are there
 * are told apart from the answer of the write, which is none of a run.
 */
export function learnToken(core: StoreCore, session: KnownSession): void {
  for (const { key } of core.sql.get(IMPLICIT).all<{ key: number }>(session.key)) {
    const { name: namespace } = session.namespace
    const { run, contends } = markContended(core, runAt(core, namespace, key))
    for (const one of contends.length === 0 ? [] : [run.record, ...contends])
      core.contended.note(JSON.stringify([namespace, one.id]), { namespace, run: one })
  }
}
