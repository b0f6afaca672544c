import type { Actor } from '@holdfast/shared/records/actor'
import type { TokenProof } from '@holdfast/shared/records/token'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { refreshOwnVerdict } from './verdict-column.ts'

interface OfToken {
  readonly session: KnownSession
  readonly flavor: string
  readonly value: string
}

interface ProofSet extends OfToken {
  readonly proof: TokenProof
}

/** How sure it is from now on that the agent still has the conversation. */
export function setProof(core: StoreCore, { session, flavor, value, proof }: ProofSet): void {
  const { changes } = core.sql
    .get('update resume_token set proof = ? where session = ? and flavor = ? and value = ? and proof <> ?')
    .run(proof, session.key, flavor, value, proof)
  if (changes > 0) refreshOwnVerdict(core, session)
}

/** A person says that the token may be tried again. */
export function liftQuarantine(core: StoreCore, { session, flavor, value }: OfToken): void {
  const { changes } = core.sql
    .get(
      `update resume_token set proof = 'provisional'
       where session = ? and flavor = ? and value = ? and proof = 'quarantined'`,
    )
    .run(session.key, flavor, value)
  if (changes > 0) refreshOwnVerdict(core, session)
}

export interface LateToken extends OfToken {
  readonly actor: Actor
  readonly machineId: string | null
  readonly runtimeId: string | null
  readonly directory: string | null
  readonly run: string
  readonly at: number
}

const ADD_LATE = `
  insert into resume_token
    (session, flavor, value, proof, left_as, machine_id, runtime_id, directory, run, set_by, first_at, at, left_at)
  values (?, ?, ?, 'provisional', 'late', ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (session, flavor, value) do nothing`

/** A token that came when its run no longer counted: it is remembered, and is not the session's. One that is known stays as it is. */
export function addLateToken(core: StoreCore, late: LateToken): void {
  const { session, flavor, value, actor, machineId, runtimeId, directory, run, at } = late
  const minted = [machineId, runtimeId, directory, run]
  core.sql.get(ADD_LATE).run(session.key, flavor, value, ...minted, core.actors.textOf(actor), at, at, at)
}
