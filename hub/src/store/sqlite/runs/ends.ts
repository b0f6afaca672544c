import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunOutcome, RunRecord } from '@holdfast/shared/records/run'
import { isLive } from '../../../runs/run-life.ts'
import type { EndRuns, HolderRuns, HolderRunsEnded } from '../../run-store.ts'
import { requestProblem } from '../../requests.ts'
import type { StoreCore } from '../core.ts'
import { fieldText } from '../field-text.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { again, carry, endRun, type EndEvent, type RunEnd } from './change-run.ts'
import { currentToken } from './contention.ts'
import { adoptBoot, holderProblem, liveRunsOf, noteBoot } from './holders.ts'
import { SMALL_BYTES } from './small-bytes.ts'
import { findRun, type StoredRun } from './stored-run.ts'

export const END_OF: Readonly<Record<RunOutcome, EndEvent>> = {
  success: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}

export async function endRuns(core: StoreCore, request: EndRuns): Promise<readonly RunRecord[]> {
  return core.write(() => endAll(core, request), SMALL_BYTES)
}

function endAll(core: StoreCore, { runs, outcome, endedBy, reason }: EndRuns): readonly RunRecord[] {
  return runs.flatMap(({ namespace, run }) => {
    const found = findRun(core, namespace, run)
    if (found === null || !isLive(found.record.state)) return []
    return endLive(core, found, END_OF[outcome], { endedBy, reason: reason ?? null }).record
  })
}

/** Ends a live run, with what its session's lists say of it. */
export function endLive(core: StoreCore, run: StoredRun, event: EndEvent, end: RunEnd): StoredRun {
  const last = run.record.kind === 'implicit' ? withSessionsToken(core, run) : run
  const ended = endRun(core, last, event, end)
  refreshVerdict(core, run.session)
  return ended
}

/** A client that knows no runs worked with the token that its session has now. */
function withSessionsToken(core: StoreCore, run: StoredRun): StoredRun {
  const flavor = run.record.flavor ?? fieldText(core.sql, run.session.key, 'flavor')
  core.sql.get('update run set flavor = ? where key = ?').run(flavor, run.key)
  const named = again(core, run)
  return carry(core, named, currentToken(core, named))
}

export async function endHolderRuns(
  core: StoreCore,
  request: HolderRuns,
): Promise<HolderRunsEnded | Refusal> {
  const problem = requestProblem({ namespace: request.namespace, holder: request.holder })
  return problem ?? core.write(() => endMissing(core, request), SMALL_BYTES + request.runs.join().length)
}

/** What its list names lives on in the holder's newest life; what it does not name is gone. */
function endMissing(core: StoreCore, request: HolderRuns): HolderRunsEnded | Refusal {
  const { namespace, holder } = request
  const problem = holderProblem(core, namespace, holder)
  if (problem !== null) return problem
  noteBoot(core, namespace, holder)
  const named = new Set(request.runs)
  const live = liveRunsOf(core, namespace, holder)
  for (const run of live) if (named.has(run.record.id)) adoptBoot(core, run, holder)
  const missing = live.filter(({ record }) => !named.has(record.id))
  return { kind: 'ended', ended: missing.map((run) => endGone(core, run)) }
}

/** A claim says nothing of the holder's other runs, but those of its older boots are gone. */
export function endOlderBoots(
  core: StoreCore,
  namespace: string,
  holder: HolderRuns['holder'] | undefined,
): readonly RunRecord[] {
  if (holder === undefined) return []
  noteBoot(core, namespace, holder)
  return liveRunsOf(core, namespace, holder)
    .filter(({ record }) => record.holder !== null && record.holder.boot < holder.boot)
    .map((run) => endGone(core, run))
}

/** A later life of its holder asked for the same run again: that one lives on in it, and the older lives' others are gone. */
export function endOlderBootsBut(
  core: StoreCore,
  run: StoredRun,
  holder: HolderRuns['holder'] | undefined,
): readonly RunRecord[] {
  if (holder !== undefined) adoptBoot(core, run, holder)
  return endOlderBoots(core, run.session.namespace.name, holder)
}

function endGone(core: StoreCore, run: StoredRun): RunRecord {
  return endLive(core, run, 'interrupted', { endedBy: 'holder', reason: null }).record
}
