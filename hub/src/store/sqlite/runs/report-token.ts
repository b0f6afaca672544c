import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { ARCHIVED } from '@holdfast/shared/records/session-state'
import { tokenAndPair, unknownFlavor } from '../../../sessions/clear-resume-token.ts'
import { reportedPatch } from '../../../runs/rules/reported-patch.ts'
import { isSame } from '../../../runs/rules/place.ts'
import type { Standing } from '../../../runs/rules/standing.ts'
import { isUnconfirmed } from '../../../runs/run-life.ts'
import type { ReportToken, TokenReported } from '../../run-store.ts'
import type { StoreCore } from '../core.ts'
import { noteTranscript } from '../evidence.ts'
import { fieldText } from '../field-text.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { actorOfRun } from './actor-of-run.ts'
import { carry, confirmCarried, goOn } from './change-run.ts'
import { markContended } from './contention.ts'
import { endMismatched } from './end-mismatched.ts'
import { findReporter } from './find-reporter.ts'
import { loseLease, refuseAndKeep } from './lose-lease.ts'
import { patchSession } from './patch-session.ts'
import { standingOfRun } from './standing-of-run.ts'
import type { StoredRun } from './stored-run.ts'
import { completePlace, hasCarried, placeOfToken } from './token-place.ts'

export async function reportToken(core: StoreCore, request: ReportToken): Promise<TokenReported | Refusal> {
  const problem = core.actors.problem(request.actor)
  return problem ?? core.write(() => report(core, request), LIMITS.protectedBytes)
}

function report(core: StoreCore, request: ReportToken): TokenReported | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  const flavor = run.record.flavor ?? ''
  if (tokenAndPair(flavor).length === 0) return unknownFlavor(flavor)
  const standing = standingOfRun(core, run)
  if (!isHeard(standing, run, request.token)) return loseLease(core, run, request)
  if (standing === 'live' && isOtherThanAsked(run, request.token)) return endMismatched(core, run, request)
  if (standing === 'closed' && hasCarried(core, { run, flavor, token: request.token }))
    return takeAgain(core, { run, flavor }, request)
  return takeOver(core, { run, flavor, standing }, request)
}

/** Of a run that has ended, a token still counts that was under way then: not one that is older than what its end named. */
function isHeard(standing: Standing, { record, endToken }: StoredRun, token: string): boolean {
  if (standing !== 'closed') return standing !== 'lost'
  const newest = record.kind === 'resume' ? record.token : endToken
  return newest === null ? record.kind !== 'resume' : newest === token
}

export function isOtherThanAsked({ record }: StoredRun, token: string): boolean {
  return isUnconfirmed(record.state) && record.token !== token
}

interface Heard {
  readonly run: StoredRun
  readonly flavor: string
  readonly standing: Standing
}

/** The session's metadata, the token history, the proof and the run, all of it or nothing. */
function takeOver(
  core: StoreCore,
  { run, flavor, standing }: Heard,
  request: ReportToken,
): TokenReported | Refusal {
  const { session, record } = run
  const { token, state } = request
  const isConfirmed = state === 'confirmed'
  const leavesArchive =
    isConfirmed && standing !== 'closed' && fieldText(core.sql, session.key, 'lifecycleState') === ARCHIVED
  const patch = patchSession(core, session, reportedPatch(record, { token, leavesArchive }), {
    actor: actorOfRun(request.actor, record),
    reason: null,
    now: core.outside.now(),
  })
  if (patch.kind === 'refused') return refuseAndKeep(core, run, { ...request, refusal: patch })
  noteProof(core, { run, flavor }, request)
  const carrying = carry(core, goneOn(core, run, { standing, isConfirmed }), token)
  if (standing === 'closed') {
    confirmClosed(core, carrying)
    return { kind: 'run', run: carrying.record, contends: [], version: patch.version }
  }
  const { run: marked, contends } = markContended(core, carrying)
  refreshVerdict(core, session)
  return { kind: 'run', run: marked.record, contends, version: patch.version }
}

function goneOn(
  core: StoreCore,
  run: StoredRun,
  { standing, isConfirmed }: { readonly standing: Standing; readonly isConfirmed: boolean },
): StoredRun {
  if (standing === 'lapsed') return goOn(core, run, 'revived')
  return isConfirmed && isUnconfirmed(run.record.state) ? goOn(core, run, 'confirmed') : run
}

function noteProof(
  core: StoreCore,
  { run, flavor }: Pick<Heard, 'run' | 'flavor'>,
  { token, state, transcript }: ReportToken,
): void {
  const isConfirmed = state === 'confirmed'
  const of = { run, flavor, token }
  if (isConfirmed) completePlace(core, of)
  const seen = transcript ?? (isConfirmed ? 'present' : undefined)
  // What is on the disk of one machine says nothing of a token of another.
  const isThere = isSame(placeOfToken(core, of)?.machineId ?? null, run.record.machineId)
  if (seen === undefined || !isThere) return
  const { session } = run
  const at = core.outside.now()
  noteTranscript(core, { session, flavor, token, transcript: { state: seen, because: null }, at })
}

/**
 * Of a run that has ended, a token that it carried is no news: it is not written over what somebody has made of the
 * session's token since. What the report says of its transcript is.
 */
function takeAgain(
  core: StoreCore,
  { run, flavor }: Pick<Heard, 'run' | 'flavor'>,
  request: ReportToken,
): TokenReported {
  const { version } = run.session.head
  noteProof(core, { run, flavor }, request)
  refreshVerdict(core, run.session)
  return { kind: 'run', run: run.record, contends: [], version }
}

/** What a success proves, it proves of a token too that was under way when the run ended. */
function confirmClosed(core: StoreCore, run: StoredRun): void {
  if (run.record.state === 'success') confirmCarried(core, run)
  refreshVerdict(core, run.session)
}
