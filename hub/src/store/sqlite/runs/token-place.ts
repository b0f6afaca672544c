import type { RunRecord } from '@holdfast/shared/records/run'
import type { Place } from '../../../runs/rules/place.ts'
import type { StoreCore } from '../core.ts'
import type { StoredRun } from './stored-run.ts'

export interface TokenOfRun {
  readonly run: StoredRun
  readonly flavor: string
  readonly token: string
}

/** Where the token is on record as valid; null where the session never had it. */
export function placeOfToken(core: StoreCore, { run, flavor, token }: TokenOfRun): Place | null {
  const row = core.sql
    .get(
      `select machine_id as machineId, runtime_id as runtimeId, directory from resume_token
       where session = ? and flavor = ? and value = ?`,
    )
    .get<Place>(run.session.key, flavor, token)
  return row ?? null
}

/** Also where its agent did not know it then. */
export function hasCarried(core: StoreCore, { run, flavor, token }: TokenOfRun): boolean {
  const row = core.sql
    .get('select 1 from run_token where run = ? and flavor = ? and value = ?')
    .get(run.key, flavor, token)
  return row !== undefined
}

// A runtime or a directory of one machine is never put beside another machine.
const COMPLETE = `
  update resume_token set machine_id = ?, runtime_id = coalesce(runtime_id, ?), directory = coalesce(directory, ?)
  where session = ? and flavor = ? and value = ?
    and (machine_id is null or machine_id = ?) and (runtime_id is null or runtime_id = ?)`

/** Its agent has loaded it there: what was not on record is known now. */
export function completePlace(core: StoreCore, { run, flavor, token }: TokenOfRun): void {
  const { machineId, runtimeId, directory }: RunRecord = run.record
  if (machineId === null) return
  core.sql
    .get(COMPLETE)
    .run(machineId, runtimeId, directory, run.session.key, flavor, token, machineId, runtimeId)
}
