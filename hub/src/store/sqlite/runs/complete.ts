import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { tokenAndPair, unknownFlavor } from '../../../sessions/clear-resume-token.ts'
import { reportedPatch } from '../../../runs/rules/reported-patch.ts'
import { isUnconfirmed } from '../../../runs/run-life.ts'
import type { CompleteRun, RunChanged } from '../../run-store.ts'
import { requestProblem } from '../../requests.ts'
import type { StoreCore } from '../core.ts'
import { actorOfRun } from './actor-of-run.ts'
import { carry, goOn, moveTo } from './change-run.ts'
import { markContended } from './contention.ts'
import { endLive, END_OF } from './ends.ts'
import { endMismatched } from './end-mismatched.ts'
import { findReporter } from './find-reporter.ts'
import { loseLease, refuseAndKeep } from './lose-lease.ts'
import { patchSession, type Patched } from './patch-session.ts'
import { standingOfRun } from './standing-of-run.ts'
import type { StoredRun } from './stored-run.ts'

const NEVER_CONFIRMED = 'The agent ended before it confirmed the token.'

export async function completeRun(core: StoreCore, request: CompleteRun): Promise<RunChanged | Refusal> {
  const { actor, reason, workDir } = request
  const problem = core.actors.problem(actor) ?? requestProblem({ reason, directory: workDir })
  return problem ?? core.write(() => complete(core, request), LIMITS.protectedBytes)
}

function complete(core: StoreCore, request: CompleteRun): RunChanged | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  const { token } = request
  if (isSaidAgain(run, request)) return { kind: 'run', run: run.record, contends: [] }
  const standing = standingOfRun(core, run)
  if (standing === 'closed' || standing === 'lost') return loseLease(core, run, request)
  const flavor = run.record.flavor ?? ''
  if (token !== undefined && tokenAndPair(flavor).length === 0) return unknownFlavor(flavor)
  if (token !== undefined && isUnconfirmed(run.record.state) && run.record.token !== token)
    return endMismatched(core, run, { actor: request.actor, token })
  const patch = writeLastWords(core, run, request)
  if (patch?.kind === 'refused') return refuseAndKeep(core, run, { ...request, refusal: patch })
  return end(core, standing === 'lapsed' ? goOn(core, run, 'revived') : run, request)
}

/** The same end again gets the same answer: its first answer may have been lost. */
function isSaidAgain({ record, endToken }: StoredRun, { outcome, token }: CompleteRun): boolean {
  if (record.endedBy !== 'report') return false
  const isSameEnd = record.state === outcome || (outcome === 'success' && record.reason === NEVER_CONFIRMED)
  return isSameEnd && endToken === (token ?? null)
}

/** What the session's metadata learns from it; null for nothing. */
function writeLastWords(
  core: StoreCore,
  { session, record }: StoredRun,
  { actor, token, workDir }: CompleteRun,
): Patched | Refusal | null {
  if (token === undefined && workDir === undefined) return null
  const patch = reportedPatch(record, { token, workDir, leavesArchive: false })
  const context = { actor: actorOfRun(actor, record), reason: null, now: core.outside.now() }
  return patchSession(core, session, patch, context)
}

function end(core: StoreCore, run: StoredRun, request: CompleteRun): RunChanged {
  const { outcome, token, workDir, reason = null } = request
  const wasConfirmed = !isUnconfirmed(run.record.state)
  const moved = workDir === undefined ? run : moveTo(core, run, workDir)
  const carrying = token === undefined ? moved : carry(core, moved, token)
  const { run: marked, contends } = markContended(core, carrying)
  const ended = endLive(core, marked, END_OF[outcome], {
    endedBy: 'report',
    reason: wasConfirmed || outcome !== 'success' ? reason : NEVER_CONFIRMED,
    endToken: token,
  })
  return { kind: 'run', run: ended.record, contends }
}
