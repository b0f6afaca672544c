import { must } from '@holdfast/shared/errors/assert'
import type { RunState } from '@holdfast/shared/records/run'

/** What can happen to a run. `given-up`: the hub no longer waits for a resume to be confirmed. */
export const RUN_EVENTS = [
  'accepted',
  'confirmed',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
  'given-up',
  'revived',
] as const
export type RunEvent = (typeof RUN_EVENTS)[number]

const NOTHING = {
  accepted: null,
  confirmed: null,
  succeeded: null,
  failed: null,
  cancelled: null,
  interrupted: null,
  'given-up': null,
  revived: null,
} as const satisfies Readonly<Record<RunEvent, null>>

/**
 * Which state follows, null where none does. A resume that no agent confirmed can not end in success, and is over for
 * good when its lease ends; only what ran can be revived.
 */
export const NEXT: Readonly<Record<RunState, Readonly<Record<RunEvent, RunState | null>>>> = {
  attempt: {
    accepted: 'starting',
    confirmed: 'running',
    succeeded: 'failed',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'withdrawn',
    'given-up': 'withdrawn',
    revived: null,
  },
  starting: {
    accepted: null,
    confirmed: 'running',
    succeeded: 'failed',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'failed',
    'given-up': 'failed',
    revived: null,
  },
  running: {
    ...NOTHING,
    succeeded: 'success',
    failed: 'failed',
    cancelled: 'cancelled',
    interrupted: 'interrupted',
  },
  success: NOTHING,
  failed: NOTHING,
  cancelled: NOTHING,
  interrupted: { ...NOTHING, revived: 'running' },
  withdrawn: NOTHING,
}

/** The state after something that can happen in this one. */
export function stateAfter(state: RunState, event: RunEvent): RunState {
  return must(NEXT[state][event], `a run that is ${state} can not be ${event}`)
}

/** A live run holds its session and its conversation. */
export function isLive(state: RunState): boolean {
  return state === 'running' || isUnconfirmed(state)
}

/** Live, but no agent has said that it loaded the token. */
export function isUnconfirmed(state: RunState): boolean {
  return state === 'attempt' || state === 'starting'
}
