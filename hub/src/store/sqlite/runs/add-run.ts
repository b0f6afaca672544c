import type { Holder, RunKind, RunState } from '@holdfast/shared/records/run'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { runAt, type StoredRun } from './stored-run.ts'

export interface NewRun {
  readonly session: KnownSession
  readonly id: string
  readonly kind: RunKind
  readonly state: Extract<RunState, 'attempt' | 'running'>
  readonly flavor: string | null
  /** What it is given to resume. */
  readonly token: string | null
  readonly machineId: string | null
  readonly runtimeId: string | null
  readonly directory: string | null
  readonly holder?: Holder | undefined
  readonly answer?: string | undefined
}

const INSERT = `
  insert into run
    (namespace, id, session, kind, state, flavor, token, machine_id, runtime_id, directory, holder_id, holder_boot,
     started_at, answer)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export function addRun(core: StoreCore, run: NewRun): StoredRun {
  const { session, flavor, token, holder } = run
  const { namespace } = session
  const { rowid } = core.sql
    .get(INSERT)
    .run(
      namespace.key,
      run.id,
      session.key,
      run.kind,
      run.state,
      flavor,
      token,
      run.machineId,
      run.runtimeId,
      run.directory,
      holder?.id ?? null,
      holder?.boot ?? null,
      core.outside.now(),
      run.answer ?? null,
    )
  if (flavor !== null && token !== null) noteCarried(core, rowid, { flavor, token })
  return runAt(core, namespace.name, rowid)
}

/** Whoever asks which run carried a token finds it by this. */
export function noteCarried(
  core: StoreCore,
  run: number,
  { flavor, token }: { readonly flavor: string; readonly token: string },
): void {
  core.sql
    .get('insert into run_token (run, flavor, value) values (?, ?, ?) on conflict do update set rejected = 0')
    .run(run, flavor, token)
}
