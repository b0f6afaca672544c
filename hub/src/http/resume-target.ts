import { agentOf } from '@holdfast/shared/agents/registry'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import type { ResumeTarget } from '@holdfast/shared/protocol/http/resume-target'
import { printable } from '@holdfast/shared/protocol/printable'
import { releasedFlavor, type ReleasedFlavor } from '@holdfast/shared/protocol/released/modes'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'
import type { SessionRecord, SessionSummary } from '@holdfast/shared/records/session'
import type { Verdict } from '@holdfast/shared/resume/verdict'

/** What a resume needs of a session's metadata. */
export interface Conversation {
  readonly kind: 'conversation'
  readonly flavor: ReleasedFlavor
  readonly directory: string
  readonly machineId: string
}

/** The conversation that a session points at, as far as its metadata tells, or the first thing that is missing. */
export function conversationOf(session: SessionSummary): Conversation | Refusal {
  const flavor = textIn(session, 'flavor')
  if (flavor === null)
    return unavailable(missing(session, 'flavor', 'does not say which agent it belongs to'))
  const agent = agentOf(flavor)
  const released = releasedFlavor.safeParse(flavor)
  if (agent === undefined || !released.success) {
    return unavailable(`A client of this kind can not resume the agent "${printable(flavor)}".`)
  }
  if (agent.tokenField === null) {
    return unavailable(`${agent.label} keeps no conversation that could be resumed.`)
  }
  if (textIn(session, agent.tokenField) === null) {
    return unavailable(missing(session, agent.tokenField, `has no resume token of ${agent.label}`))
  }
  const directory = textIn(session, 'path')
  if (directory === null)
    return unavailable(missing(session, 'path', 'does not say in which directory it ran'))
  const machineId = textIn(session, 'machineId')
  if (machineId === null)
    return unavailable(missing(session, 'machineId', 'does not say on which machine it ran'))
  return { kind: 'conversation', flavor: released.data, directory, machineId }
}

/** Where and with what a session can be resumed, if its verdict lets a person do so; the token is that of the verdict. */
export function resumeTarget(
  record: SessionRecord,
  live: LiveSession,
  { conversation, verdict }: { readonly conversation: Conversation; readonly verdict: Verdict },
): { readonly kind: 'target'; readonly target: ResumeTarget } | Refusal {
  const { flavor, directory, machineId } = conversation
  if (verdict.token === undefined) return refusedBy(verdict)
  const host = textIn(record, 'host')
  const { agentState } = record
  const { model, effort, modelReasoningEffort, ...others } = record.settings
  const target: ResumeTarget = {
    sessionId: record.id,
    flavor,
    directory,
    machineId,
    ...(host === null ? {} : { host }),
    active: live.active,
    thinking: live.thinking,
    controlledByUser: isJsonObject(agentState) && agentState['controlledByUser'] === true,
    agentSessionId: verdict.token,
    model: model ?? null,
    effort: effort ?? null,
    modelReasoningEffort: modelReasoningEffort ?? null,
    ...others,
  }
  return { kind: 'target', target }
}

function refusedBy({ reason, message }: Verdict): Refusal {
  return reason === 'run_in_progress' ? refuse('run_in_progress', message) : unavailable(message)
}

/** A field's text; null where it holds none, blanks, or something else. */
function textIn({ metadata }: SessionSummary, field: string): string | null {
  const value = Object.hasOwn(metadata, field) ? metadata[field] : undefined
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function missing({ damaged }: SessionSummary, field: string, what: string): string {
  return damaged.includes(field) ? `What is stored in ${field} can not be read.` : `The session ${what}.`
}

function unavailable(message: string): Refusal {
  return refuse('resume_unavailable', message)
}
