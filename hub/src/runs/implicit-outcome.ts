import type { SessionEndReason } from '@holdfast/shared/protocol/up/session-end'
import type { RunOutcome } from '@holdfast/shared/records/run'

/** What there is to go by when a client that knows no runs says that its session ended. */
export interface ImplicitEnd {
  /** Undefined: it gave none that is known. */
  readonly reason: SessionEndReason | undefined
  /** Somebody asked through the hub, a moment ago, that it ends. */
  readonly wasKillAsked: boolean
  /** What its last word said; null where it said nothing since the hub started. */
  readonly wasThinking: boolean | null
}

const OUTCOMES: Readonly<Record<SessionEndReason | 'none', (end: ImplicitEnd) => RunOutcome>> = {
  completed: () => 'success',
  cleared: () => 'success',
  handoff: () => 'success',
  error: () => 'failed',
  // A client also says it when the system or a service manager ends it, in the middle of whatever it does.
  terminated: ({ wasKillAsked }) => (wasKillAsked ? 'cancelled' : 'interrupted'),
  none: ({ wasThinking }) => (wasThinking === false ? 'success' : 'interrupted'),
}

/** How the run of a client that knows no runs ended. */
export function implicitOutcome(end: ImplicitEnd): RunOutcome {
  return OUTCOMES[end.reason ?? 'none'](end)
}
