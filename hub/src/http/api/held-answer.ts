import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { RunInProgress } from '@holdfast/shared/protocol/http/run-in-progress'
import type { Held } from '../../store/run-store.ts'
import type { DetailedRefusal } from './api-handler.ts'

const IN_PROGRESS = refuse(
  'run_in_progress',
  'A run of this conversation is in progress. Wait until it has ended, or stop it first.',
)

/** That somebody else is in the conversation: which run, in which session, and since when. */
export function heldAnswer({ hold }: Held): DetailedRefusal {
  const { runId, session, since, contended } = hold
  const more: Omit<RunInProgress, 'error' | 'code'> = { runId, session, since, contended }
  return { kind: 'detailed-refusal', refusal: IN_PROGRESS, more }
}
