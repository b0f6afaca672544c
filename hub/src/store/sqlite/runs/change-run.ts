import type { RunEndedBy } from '@holdfast/shared/records/run'
import { isLive, stateAfter, type RunEvent } from '../../../runs/run-life.ts'
import type { StoreCore } from '../core.ts'
import { noteCarried } from './add-run.ts'
import { runAt, type StoredRun } from './stored-run.ts'

export interface RunEnd {
  readonly endedBy: RunEndedBy
  readonly reason: string | null
  readonly endToken?: string | undefined
}

/** Something that keeps it alive, or brings it back to life. */
export function goOn(
  core: StoreCore,
  run: StoredRun,
  event: Extract<RunEvent, 'accepted' | 'confirmed' | 'revived'>,
): StoredRun {
  core.sql
    .get(
      `update run set state = ?, ended_at = null, ended_by = null, reason = null, end_token = null where key = ?`,
    )
    .run(stateAfter(run.record.state, event), run.key)
  return again(core, run)
}

export type EndEvent = Exclude<RunEvent, 'accepted' | 'confirmed' | 'revived'>

export function endRun(core: StoreCore, run: StoredRun, event: EndEvent, end: RunEnd): StoredRun {
  const { endedBy, reason, endToken = null } = end
  core.sql
    .get(`update run set state = ?, ended_at = ?, ended_by = ?, reason = ?, end_token = ? where key = ?`)
    .run(stateAfter(run.record.state, event), core.outside.now(), endedBy, reason, endToken, run.key)
  const ended = again(core, run)
  if (ended.record.state === 'success') confirmCarried(core, ended)
  return ended
}

/** From here on it carries this token, or none. */
export function carry(core: StoreCore, run: StoredRun, token: string | null): StoredRun {
  const { flavor } = run.record
  core.sql.get('update run set token = ? where key = ?').run(token, run.key)
  if (flavor !== null && token !== null) noteCarried(core, run.key, { flavor, token })
  return again(core, run)
}

export function moveTo(core: StoreCore, run: StoredRun, directory: string): StoredRun {
  core.sql.get('update run set directory = ? where key = ?').run(directory, run.key)
  return again(core, run)
}

export function moveToRuntime(core: StoreCore, run: StoredRun, runtimeId: string): StoredRun {
  core.sql.get('update run set runtime_id = ? where key = ?').run(runtimeId, run.key)
  return again(core, run)
}

/** As it stands after a change. */
export function again(core: StoreCore, { key, session }: StoredRun): StoredRun {
  return runAt(core, session.namespace.name, key)
}

const CONFIRM_CARRIED = `
  update resume_token set proof = 'confirmed'
  where session = ? and proof = 'provisional'
    and (flavor, value) in (select flavor, value from run_token where run = ? and rejected = 0)`

/** What a run carried that ended in success is proven. A token that its agent did not know stays in quarantine. */
export function confirmCarried(core: StoreCore, { key, session, record }: StoredRun): void {
  if (isLive(record.state)) return
  core.sql.get(CONFIRM_CARRIED).run(session.key, key)
}
