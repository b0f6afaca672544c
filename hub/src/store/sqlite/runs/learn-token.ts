import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { markContended } from './contention.ts'
import { IS_LIVE, runAt } from './stored-run.ts'

const IMPLICIT = `select key from run where session = ? and ${IS_LIVE} and kind = 'implicit'`

/** A session got a token from a client that knows no runs: somebody else may be in that conversation. */
export function learnToken(core: StoreCore, session: KnownSession): void {
  for (const { key } of core.sql.get(IMPLICIT).all<{ key: number }>(session.key)) {
    markContended(core, runAt(core, session.namespace.name, key))
  }
}
