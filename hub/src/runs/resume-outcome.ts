import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { printable } from '@holdfast/shared/protocol/printable'
import type { StartRunAnswer } from '@holdfast/shared/protocol/rpc/start-run'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { Check, Verdict } from '@holdfast/shared/resume/verdict'
import type { CallResult } from '../live/calls.ts'
import { phaseOf } from './phase.ts'

/** The agent confirmed that it has loaded the session's token. */
export interface Resumed {
  readonly kind: 'resumed'
  readonly session: string
  readonly run: string
}

/** What belongs to the code of a refusal. */
export interface ResumeDetails {
  readonly checks?: Check[]
  readonly command?: string
  readonly reason?: string
}

export interface NotResumed {
  readonly kind: 'not-resumed'
  readonly refusal: Refusal
  readonly more: ResumeDetails
}

/** How a resume that had the lease came out. */
export type ResumeOutcome = Resumed | NotResumed

/** A runner's or a wrapper's words are kept, and shown, up to here: the last lines of an agent. */
const REASON_LENGTH = 1024

const IDENTITY_MISMATCH = refuse(
  'identity_mismatch',
  'The agent loaded another conversation than the one that was asked for. It is told to end; the resume token is kept.',
)
const AGENT_REJECTED = refuse(
  'resume_failed',
  'The agent says that it does not know this conversation. Its resume token is kept; look at its checks for what to do.',
)

export function resumed({ id, session }: RunRecord): Resumed {
  return { kind: 'resumed', session, run: id }
}

export function notResumed(refusal: Refusal, more: ResumeDetails = {}): NotResumed {
  return { kind: 'not-resumed', refusal, more }
}

/** Nobody gets the token, and nothing that a person accepts changes that. */
export function unavailable({ decision, message, checks, reason }: Verdict): NotResumed {
  const code = decision === 'blocked' ? blockedCode(reason) : 'resume_unavailable'
  return notResumed(refuse(code, message), { checks })
}

function blockedCode(reason: Verdict['reason']): 'unknown_flavor' | 'run_in_progress' {
  return reason === 'unknown_flavor' ? 'unknown_flavor' : 'run_in_progress'
}

export function unconfirmed(checks: readonly Check[]): NotResumed {
  const names = checks.map(({ id }) => id).join(', ')
  const message = `Somebody has to agree first: look at the checks, and accept ${names} in acceptRisk.`
  return notResumed(refuse('confirmation_required', message), { checks: [...checks] })
}

export function resumeFailed(reason: string): NotResumed {
  const message = 'The agent could not be resumed. The session is as it was; the reason says what went wrong.'
  return notResumed(refuse('resume_failed', message), { reason: lastOf(reason) })
}

/** What a run of which something is known now means for who waits for it; null: nothing yet. */
export function outcomeOf(run: RunRecord): ResumeOutcome | null {
  switch (phaseOf(run)) {
    case 'pending':
      return null
    case 'running':
      return resumed(run)
    case 'over':
      return run.state === 'success' ? resumed(run) : failureOf(run)
  }
}

function failureOf({ state, reason }: RunRecord): NotResumed {
  if (reason === 'identity_mismatch') return notResumed(IDENTITY_MISMATCH)
  if (reason === 'agent_rejected') return notResumed(AGENT_REJECTED, { reason })
  return resumeFailed(reason ?? `The run ended (${state}), and nothing was said of why.`)
}

/**
 * What a runner's answer means where nothing will come of it; null where something may. A call without an answer, or with
 * one that is not understood, may have been carried out: then the agent's word decides.
 */
export function startFailure(
  started: CallResult<StartRunAnswer>,
  nobody: () => NotResumed,
): NotResumed | null {
  switch (started.kind) {
    case 'absent':
      return nobody()
    case 'refused':
      return notResumed(started)
    case 'error':
      return resumeFailed(started.error.error)
    case 'answer':
      return started.answer.type === 'refused' ? resumeFailed(started.answer.message) : null
    case 'lost':
    case 'unreadable':
      return null
  }
}

export interface Whereabouts {
  readonly session: string
  readonly machineId: string
}

/** A released client's runner is there: it can not be told which conversation of which run it starts. */
export function runnerUnable({ session, machineId }: Whereabouts): NotResumed {
  const command = resumeCommand(session)
  const message = `The runner on machine ${printable(machineId)} is one that can not resume in place. Type the command there.`
  return notResumed(refuse('runner_unable', message), { command })
}

export function nobodyOnline({ machineId }: Whereabouts): NotResumed {
  const message = `No runner of machine ${printable(machineId)} is connected, and only there is the conversation. Start it and try again.`
  return notResumed(refuse('no_machine_online', message))
}

/** For any shell: an id is of letters, digits, _ and -, and could only be mistaken for an option. */
function resumeCommand(session: string): string {
  return session.startsWith('-') ? `hapi resume -- ${session}` : `hapi resume ${session}`
}

/** What was said last tells most. */
function lastOf(text: string): string {
  return text.slice(-REASON_LENGTH).toWellFormed().replaceAll('\u0000', '\uFFFD')
}
