import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isSamePlace } from '../../../runs/rules/place.ts'
import { isUnconfirmed } from '../../../runs/run-life.ts'
import type { RejectionTaken, ReportRejected } from '../../run-store.ts'
import type { StoreCore } from '../core.ts'
import { noteTranscript } from '../evidence.ts'
import { setProof } from '../token-proof.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { carry, endRun, goOn } from './change-run.ts'
import { findReporter } from './find-reporter.ts'
import { loseLease } from './lose-lease.ts'
import { SMALL_BYTES } from './small-bytes.ts'
import { standingOfRun } from './standing-of-run.ts'
import type { StoredRun } from './stored-run.ts'
import { placeOfToken } from './token-place.ts'

export async function reportRejected(
  core: StoreCore,
  request: ReportRejected,
): Promise<RejectionTaken | Refusal> {
  const problem = core.actors.problem(request.actor)
  return problem ?? core.write(() => report(core, request), SMALL_BYTES)
}

function report(core: StoreCore, request: ReportRejected): RejectionTaken | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  const standing = standingOfRun(core, run)
  // A token that no agent knows is nothing to remember.
  if (standing !== 'live' && standing !== 'lapsed') return loseLease(core, run, { actor: request.actor })
  const quarantined = takeRejection(core, run, request.token)
  if (quarantined === null) return notItsToken()
  const alive = standing === 'lapsed' ? goOn(core, run, 'revived') : run
  const after = withoutToken(core, alive, request.token)
  refreshVerdict(core, run.session)
  return { kind: 'run', run: after.record, contends: [], quarantined }
}

/** Whether the token is in quarantine now; null where this run never carried it. */
function takeRejection(core: StoreCore, run: StoredRun, token: string): boolean | null {
  const { session, record } = run
  const carried = core.sql
    .get('select flavor from run_token where run = ? and value = ?')
    .get<{ flavor: string }>(run.key, token)
  if (carried === undefined) return null
  const { flavor } = carried
  const place = placeOfToken(core, { run, flavor, token })
  if (place === null) return null
  core.sql
    .get('update run_token set rejected = 1 where run = ? and flavor = ? and value = ?')
    .run(run.key, flavor, token)
  const isItsOwn = isSamePlace(place, record)
  if (isItsOwn) setProof(core, { session, flavor, value: token, proof: 'quarantined' })
  else {
    // Some agents say the same of a conversation that another machine, runtime or directory has.
    const transcript = { state: 'unknown', because: 'agent_rejected' } as const
    noteTranscript(core, { session, flavor, token, transcript, at: core.outside.now() })
  }
  return isItsOwn
}

/** A run goes on without the token. A resume has nothing to go on for. */
function withoutToken(core: StoreCore, run: StoredRun, token: string): StoredRun {
  const { state, token: carried } = run.record
  if (isUnconfirmed(state)) return endRun(core, run, 'failed', { endedBy: 'hub', reason: 'agent_rejected' })
  return carried === token ? carry(core, run, null) : run
}

function notItsToken(): Refusal {
  return refuse('token_not_found', 'This run never had that token.', { field: 'token' })
}
