import { agentOf } from '@holdfast/shared/agents/registry'
import { must } from '@holdfast/shared/errors/assert'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Checked } from '../../../sessions/decision.ts'
import { checkMetadata } from '../../../sessions/plan.ts'
import { unknownAgent } from '../../../runs/rules/unknown-agent.ts'
import { requestProblem } from '../../requests.ts'
import type { ClaimRun, RegisterRun } from '../../run-store.ts'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { createOrLoad } from '../session-birth.ts'
import { goOn } from './change-run.ts'
import { currentToken } from './contention.ts'
import { loseLease } from './lose-lease.ts'
import { standingOfRun } from './standing-of-run.ts'
import { findRun, type StoredRun } from './stored-run.ts'
import { placeOfToken } from './token-place.ts'

/** What a claim and a registration have in common. */
export type Opening = ClaimRun | RegisterRun

/** Before anything is made. */
export function checkOpening(core: StoreCore, opening: Opening): Checked | Refusal {
  const { namespace, key, runId, machineId, directory, holder } = opening
  const runtimeId = opening.runtimeId ?? undefined
  const problem =
    core.actors.problem(opening.actor) ??
    requestProblem({ namespace, tag: key, id: runId, machineId, runtimeId, directory, holder })
  if (problem !== null) return problem
  if (agentOf(opening.flavor) === undefined) return unknownAgent(opening.flavor)
  return checkMetadata(firstMetadata(opening))
}

function firstMetadata({ metadata, flavor, machineId, directory }: Opening): JsonObject {
  return { ...metadata, flavor, machineId, ...(directory === undefined ? {} : { path: directory }) }
}

export type SessionOfTag =
  | { readonly kind: 'session'; readonly session: KnownSession; readonly created: boolean }
  | Refusal

/** The session of this tag; where there is none it is made. */
export function sessionOfTag(core: StoreCore, opening: Opening): SessionOfTag {
  const { namespace, actor, key } = opening
  const made = createOrLoad(
    core,
    { namespace, tag: key, actor, metadata: firstMetadata(opening) },
    { state: { kind: 'state', text: 'null', value: null }, settings: {} },
  )
  if (made.kind === 'refused') return made
  const session = must(
    core.catalog.session(namespace, made.session.id),
    'a session is there once it was made',
  )
  return { kind: 'session', session, created: made.created }
}

export type Repeated =
  | { readonly kind: 'new' }
  | { readonly kind: 'again'; readonly run: StoredRun }
  | Refusal

/** Whether this run was opened before, and still counts. */
export function repeatOf(core: StoreCore, opening: Opening, kind: 'claimed' | 'registered'): Repeated {
  const { namespace, runId } = opening
  const run = runId === undefined ? null : findRun(core, namespace, runId)
  if (run === null) return { kind: 'new' }
  if (!isSameOpening(core, run, opening) || run.record.kind !== kind) return idTaken(run.record.id)
  const standing = standingOfRun(core, run)
  if (standing === 'live') return { kind: 'again', run }
  if (standing === 'lapsed' && hasItsTokenStill(core, run))
    return { kind: 'again', run: goOn(core, run, 'revived') }
  return loseLease(core, run, { actor: opening.actor })
}

/** While nobody was there its token may have been cleared, replaced, or bound to another machine. */
function hasItsTokenStill(core: StoreCore, run: StoredRun): boolean {
  const { flavor, token, machineId } = run.record
  if (flavor === null || token === null) return true
  const bound = placeOfToken(core, { run, flavor, token })?.machineId ?? null
  return currentToken(core, run) === token && (bound === null || bound === machineId)
}

/** A token that was given out in one runtime to one program is given to no other that knows the run's id. */
function isSameOpening(core: StoreCore, { session, record }: StoredRun, opening: Opening): boolean {
  const row = core.sql.get('select tag from session where key = ?').get<{ tag: string }>(session.key)
  return (
    row?.tag === opening.key &&
    record.flavor === opening.flavor &&
    record.machineId === opening.machineId &&
    record.runtimeId === opening.runtimeId &&
    record.holder?.id === opening.holder?.id
  )
}

function idTaken(id: string): Refusal {
  return refuse('id_taken', `The run id ${id} belongs to another run; choose a new one.`, { field: 'runId' })
}
