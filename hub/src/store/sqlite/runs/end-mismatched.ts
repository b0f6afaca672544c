import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Actor } from '@holdfast/shared/records/actor'
import type { StoreCore } from '../core.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { endRun } from './change-run.ts'
import { keepLate } from './lose-lease.ts'
import type { StoredRun } from './stored-run.ts'

const MISMATCH = refuse(
  'identity_mismatch',
  'The agent loaded another conversation than the one that was asked for. Stop it; the session keeps its token.',
  { field: 'token' },
)

/** The agent of a resume reports another token than the one asked for, which stays. */
export function endMismatched(
  core: StoreCore,
  run: StoredRun,
  report: { readonly actor: Actor; readonly token: string },
): Refusal {
  keepLate(core, run, report)
  endRun(core, run, 'failed', { endedBy: 'hub', reason: 'identity_mismatch' })
  refreshVerdict(core, run.session)
  return MISMATCH
}
