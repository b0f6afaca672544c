import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Actor } from '@holdfast/shared/records/actor'
import { protectedValueProblem } from '@holdfast/shared/metadata/protected-value'
import { textSchema } from '@holdfast/shared/records/ids'
import { tokenAndPair } from '../../../sessions/clear-resume-token.ts'
import type { StoreCore } from '../core.ts'
import { addLateToken } from '../token-proof.ts'
import { actorOfRun } from './actor-of-run.ts'
import type { StoredRun } from './stored-run.ts'

const LEASE_LOST = refuse(
  'lease_lost',
  'This run no longer counts: it has ended, or somebody else is in its session. Stop it; a token that it named is kept in the history.',
)

export interface LateReport {
  readonly actor: Actor
  readonly token?: string | undefined
}

/** The answer to a report that no longer counts. Its token is remembered, and nothing else changes. */
export function loseLease(core: StoreCore, run: StoredRun, { actor, token }: LateReport): Refusal {
  return refuseAndKeep(core, run, { actor, token, refusal: LEASE_LOST })
}

/** The session's fields can not take it, for example for want of room: the token is remembered all the same. */
export function refuseAndKeep(
  core: StoreCore,
  run: StoredRun,
  { actor, token, refusal }: LateReport & { readonly refusal: Refusal },
): Refusal {
  if (token !== undefined) keepLate(core, run, { actor, token })
  return refusal
}

const storable = textSchema(Number.POSITIVE_INFINITY)

export function keepLate(
  core: StoreCore,
  run: StoredRun,
  { actor, token }: { readonly actor: Actor; readonly token: string },
): void {
  const { session, record } = run
  const { id, flavor, machineId, runtimeId, directory } = record
  if (flavor === null || tokenAndPair(flavor).length === 0) return
  if (protectedValueProblem(token) !== null || !storable.safeParse(token).success) return
  addLateToken(core, {
    session,
    flavor,
    value: token,
    actor: actorOfRun(actor, record),
    machineId,
    runtimeId,
    directory,
    run: id,
    at: core.outside.now(),
  })
}
