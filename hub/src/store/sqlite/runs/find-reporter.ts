import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunRequest } from '../../run-store.ts'
import type { StoreCore } from '../core.ts'
import { findRun, type StoredRun } from './stored-run.ts'

export type Reporter = { readonly kind: 'found'; readonly run: StoredRun } | Refusal

const RUN_NOT_FOUND = refuse('run_not_found', 'There is no such run.')

/** The run that a report names. An implicit one has nobody who could report for it. */
export function findReporter(core: StoreCore, request: RunRequest): Reporter {
  const run = findRun(core, request.namespace, request.run)
  return run === null || run.record.kind === 'implicit' ? RUN_NOT_FOUND : { kind: 'found', run }
}
