import type { Hold } from '@holdfast/shared/resume/facts'
import type { RebindToken } from '../run-store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { holdElsewhere, holdOfSession, NO_RUN } from './holds.ts'
import { refreshVerdict } from './verdict-column.ts'

/** Who is in the session, or in the conversation that it is to have. */
export function holdForRebind(core: StoreCore, request: RebindToken): Hold | null {
  const session = core.catalog.session(request.namespace, request.session)
  if (session === undefined) return null
  const { flavor, token: value, machineId } = request
  return (
    holdOfSession(core, session, NO_RUN) ??
    holdElsewhere(core, session, { flavor, value, machineId, besides: NO_RUN })
  )
}

// What was seen on another machine says nothing of the one where the token is from now on.
const REBIND = `
  update resume_token set proof = 'provisional', runtime_id = ?, machine_id = ?,
    directory = case when machine_id is ? then directory end,
    transcript = case when machine_id is ? then transcript end,
    transcript_at = case when machine_id is ? then transcript_at end,
    transcript_because = case when machine_id is ? then transcript_because end
  where session = ? and flavor = ? and value = ?`

/** Where a token belongs is what a person says, and no longer what is on record. */
export function rebindRecord(core: StoreCore, session: KnownSession, request: RebindToken): void {
  const { flavor, token, machineId, runtimeId } = request
  const kept = [machineId, machineId, machineId, machineId]
  core.sql.get(REBIND).run(runtimeId, machineId, ...kept, session.key, flavor, token)
  refreshVerdict(core, session)
}
