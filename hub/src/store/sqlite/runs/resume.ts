import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { isUnconfirmed } from '../../../runs/run-life.ts'
import { requestProblem } from '../../requests.ts'
import type { BeginResume, Held, ResumeBegun, RunChanged, RunRequest } from '../../run-store.ts'
import type { StoreCore } from '../core.ts'
import { readFactsOf } from '../resume-facts.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { addRun } from './add-run.ts'
import { goOn, moveToRuntime } from './change-run.ts'
import { endLive } from './ends.ts'
import { findReporter } from './find-reporter.ts'
import { loseLease } from './lose-lease.ts'
import { SMALL_BYTES } from './small-bytes.ts'
import { standingOfRun } from './standing-of-run.ts'
import { findRun } from './stored-run.ts'

export async function beginResume(
  core: StoreCore,
  request: BeginResume,
): Promise<ResumeBegun | Held | Refusal> {
  const problem = core.actors.problem(request.actor) ?? requestProblem({ id: request.runId })
  return problem ?? core.write(() => begin(core, request), SMALL_BYTES)
}

function begin(
  core: StoreCore,
  { namespace, session: id, runId }: BeginResume,
): ResumeBegun | Held | Refusal {
  const session = core.catalog.session(namespace, id)
  if (session === undefined) return SESSION_NOT_FOUND
  if (findRun(core, namespace, runId) !== null)
    return refuse('id_taken', `The run id ${runId} belongs to another run.`, { field: 'runId' })
  const facts = readFactsOf(core, { session })
  const { flavor, token } = facts
  const hold = facts.held ?? token?.heldElsewhere ?? null
  if (hold !== null) return { kind: 'held', hold }
  if (token === null) return { kind: 'begun', run: null, facts }
  const run = addRun(core, {
    session,
    id: runId,
    kind: 'resume',
    state: 'attempt',
    flavor,
    token: token.value,
    machineId: token.machineId,
    runtimeId: token.runtimeId,
    directory: facts.workDir,
  })
  refreshVerdict(core, session)
  return { kind: 'begun', run: run.record, facts }
}

export async function moveResume(
  core: StoreCore,
  request: RunRequest & { readonly runtimeId: string },
): Promise<RunChanged | Refusal> {
  const problem = requestProblem({ runtimeId: request.runtimeId })
  return problem ?? core.write(() => move(core, request), SMALL_BYTES)
}

function move(core: StoreCore, request: RunRequest & { readonly runtimeId: string }): RunChanged | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  if (!isUnconfirmed(run.record.state)) return loseLease(core, run, { actor: request.actor })
  const moved = moveToRuntime(core, run, request.runtimeId)
  return { kind: 'run', run: moved.record, contends: [] }
}

export async function resumeAccepted(core: StoreCore, request: RunRequest): Promise<RunChanged | Refusal> {
  return core.write(() => accept(core, request), SMALL_BYTES)
}

function accept(core: StoreCore, request: RunRequest): RunChanged | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  if (standingOfRun(core, run) !== 'live') return loseLease(core, run, { actor: request.actor })
  const accepted = run.record.state === 'attempt' ? goOn(core, run, 'accepted') : run
  return { kind: 'run', run: accepted.record, contends: [] }
}

export async function giveUpResume(
  core: StoreCore,
  request: RunRequest & { readonly reason: string },
): Promise<RunChanged | Refusal> {
  const problem = requestProblem({ reason: request.reason })
  return problem ?? core.write(() => giveUp(core, request), SMALL_BYTES)
}

function giveUp(core: StoreCore, request: RunRequest & { readonly reason: string }): RunChanged | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  if (!isUnconfirmed(run.record.state)) return { kind: 'run', run: run.record, contends: [] }
  const given = endLive(core, run, 'given-up', { endedBy: 'hub', reason: request.reason })
  return { kind: 'run', run: given.record, contends: [] }
}
