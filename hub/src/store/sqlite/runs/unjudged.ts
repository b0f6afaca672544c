import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { OpenImplicitRun, RegisterRun, RunChanged, RunRegistered } from '../../run-store.ts'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { fieldText } from '../field-text.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { addRun } from './add-run.ts'
import { again, goOn } from './change-run.ts'
import { markContended } from './contention.ts'
import { endOlderBoots, endOlderBootsBut } from './ends.ts'
import { holderProblem } from './holders.ts'
import { checkOpening, repeatOf, sessionOfTag } from './opening.ts'
import { SMALL_BYTES } from './small-bytes.ts'
import { standingOfRun } from './standing-of-run.ts'
import { findRun, type StoredRun } from './stored-run.ts'

export async function registerRun(core: StoreCore, request: RegisterRun): Promise<RunRegistered | Refusal> {
  const checked = checkOpening(core, request)
  return checked.kind === 'refused' ? checked : core.write(() => register(core, request), checked.bytes)
}

function register(core: StoreCore, request: RegisterRun): RunRegistered | Refusal {
  const { namespace, holder, runId, flavor, machineId, runtimeId, directory } = request
  const problem = holderProblem(core, namespace, holder)
  if (problem !== null) return problem
  const repeated = repeatOf(core, request, 'registered')
  if (repeated.kind === 'refused') return repeated
  if (repeated.kind === 'again') {
    const gone = endOlderBootsBut(core, repeated.run, holder)
    refreshVerdict(core, repeated.run.session)
    return { kind: 'run', run: again(core, repeated.run).record, contends: [], ended: gone }
  }
  const found = sessionOfTag(core, request)
  if (found.kind === 'refused') return found
  const { session } = found
  const ended = endOlderBoots(core, namespace, holder)
  const run = addRun(core, {
    session,
    id: runId,
    kind: 'registered',
    state: 'running',
    flavor,
    token: null,
    machineId,
    runtimeId,
    holder,
    directory: directory ?? fieldText(core.sql, session.key, 'path'),
  })
  return { ...opened(core, run), ended }
}

export async function openImplicitRun(
  core: StoreCore,
  request: OpenImplicitRun,
): Promise<RunChanged | Refusal> {
  const problem = core.actors.problem(request.actor)
  return problem ?? core.write(() => openImplicit(core, request), SMALL_BYTES)
}

function openImplicit(core: StoreCore, request: OpenImplicitRun): RunChanged | Refusal {
  const session = core.catalog.session(request.namespace, request.session)
  if (session === undefined) return SESSION_NOT_FOUND
  const before = continued(core, session, request)
  if (before !== null) return opened(core, before)
  const text = (name: string): string | null => fieldText(core.sql, session.key, name)
  const run = addRun(core, {
    session,
    id: core.outside.newId(),
    kind: 'implicit',
    state: 'running',
    flavor: text('flavor'),
    token: null,
    machineId: request.actor.machine ?? text('machineId'),
    runtimeId: null,
    directory: text('path'),
  })
  return opened(core, run)
}

/** The run that its connection had, where it still counts. */
function continued(
  core: StoreCore,
  session: KnownSession,
  { namespace, continues }: OpenImplicitRun,
): StoredRun | null {
  const run = continues === null ? null : findRun(core, namespace, continues)
  if (run === null || run.record.kind !== 'implicit' || run.session.key !== session.key) return null
  const standing = standingOfRun(core, run)
  if (standing === 'live') return run
  return standing === 'lapsed' ? goOn(core, run, 'revived') : null
}

/** It can not be refused; whoever is beside it is told. */
function opened(core: StoreCore, run: StoredRun): RunChanged {
  const { run: marked, contends } = markContended(core, run)
  refreshVerdict(core, run.session)
  return { kind: 'run', run: marked.record, contends }
}
