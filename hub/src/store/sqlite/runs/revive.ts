import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunChanged, RunRequest } from '../../run-store.ts'
import type { StoreCore } from '../core.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { goOn } from './change-run.ts'
import { findReporter } from './find-reporter.ts'
import { loseLease } from './lose-lease.ts'
import { standingOfRun } from './standing-of-run.ts'
import { SMALL_BYTES } from './small-bytes.ts'

export function reviveRun(core: StoreCore, request: RunRequest): Promise<RunChanged | Refusal> {
  return core.write(() => revive(core, request), SMALL_BYTES)
}

function revive(core: StoreCore, request: RunRequest): RunChanged | Refusal {
  const reporter = findReporter(core, request)
  if (reporter.kind === 'refused') return reporter
  const { run } = reporter
  const standing = standingOfRun(core, run)
  if (standing === 'live') return { kind: 'run', run: run.record, contends: [] }
  if (standing !== 'lapsed') return loseLease(core, run, { actor: request.actor })
  const revived = goOn(core, run, 'revived')
  refreshVerdict(core, run.session)
  return { kind: 'run', run: revived.record, contends: [] }
}
