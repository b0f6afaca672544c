import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import type { HandoffLocalAnswer } from '@holdfast/shared/protocol/http/handoff-local'
import type { Calls } from '../live/calls.ts'
import type { Presence } from '../live/presence.ts'
import type { FoundSession } from './session-asked.ts'

const WITHIN_MS = 15_000
const DONE: HandoffLocalAnswer = { ok: true }

export interface HandOffParts {
  readonly presence: Pick<Presence, 'session' | 'sessionInactive'>
  readonly calls: Calls
}

/** Asks a session's client to end, so that the conversation can go on in a terminal, and waits until it has. */
export async function handOff(
  { presence, calls }: HandOffParts,
  { key, record }: FoundSession,
): Promise<HandoffLocalAnswer | Refusal> {
  if (!presence.session(key).active) return DONE
  const { agentState } = record
  if (isJsonObject(agentState) && agentState['controlledByUser'] === true) return ALREADY_LOCAL
  const inactive = presence.sessionInactive(key, WITHIN_MS)
  const target = { namespace: key.namespace, id: key.session }
  const asked = calls.call('handoff-local', target, { params: {}, timeoutMs: WITHIN_MS })
  // What the client answers is not believed: the session ends, or it does not.
  const first = await Promise.race([asked, inactive.then(() => null)])
  if (first?.kind === 'refused') return first
  if (first?.kind === 'absent')
    return refuse('no_answer', 'Nobody who could hand the session over is connected.')
  if (first?.kind === 'error')
    return refuse('no_answer', 'The client of the session declined to hand it over.')
  return (await inactive) ? DONE : NO_ANSWER
}

const ALREADY_LOCAL = refuse('already_local', 'The session is in a terminal already.')
const NO_ANSWER = refuse('no_answer', 'The client of the session did not end it in time. Try again.')
