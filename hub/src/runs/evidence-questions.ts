import type { LookForConversationAnswer } from '@holdfast/shared/protocol/rpc/look-for-conversation'
import type { DirectoryState, TranscriptEvidence } from '@holdfast/shared/resume/evidence'
import type { CallResult, Calls, CallTarget } from '../live/calls.ts'

/** The conversation that is looked for, and whose machine is asked. */
export interface ConversationAsked {
  readonly namespace: string
  readonly machineId: string
  readonly sessionId: string
  readonly flavor: string
  readonly token: string
  readonly directory: string
  readonly runtimeId: string | null
}

/** What the machine's runner could tell just now. */
export interface Look {
  readonly transcript: Omit<TranscriptEvidence, 'at'>
  readonly directory: DirectoryState
  /** The runtime in which it looked; null where it did not say. */
  readonly runtimeId: string | null
}

type TranscriptSeen = Look['transcript']

/** The agents of whose conversations the runner of a released client can tell whether they are there. */
const TOLD_BY_RELEASED: readonly string[] = ['cursor']

const UNKNOWN: TranscriptSeen = { state: 'unknown', because: null }
const SAW_NOTHING: Look = { transcript: UNKNOWN, directory: 'unknown', runtimeId: null }

/**
 * Asks the machine's runner what is on its disk; null where no runner is connected. Whatever is not a plain answer in time
 * is no knowledge, and is never taken for something that is gone.
 */
export async function lookForConversation(
  calls: Calls,
  asked: ConversationAsked,
  timeoutMs: number,
): Promise<Look | null> {
  const { namespace, machineId, runtimeId, ...conversation } = asked
  const target = { namespace, id: machineId }
  const params = { ...conversation, ...(runtimeId === null ? {} : { runtimeId }) }
  const result = await calls.call('look-for-conversation', target, { params, timeoutMs })
  if (result.kind === 'absent') return lookAsReleased(calls, { asked, target, timeoutMs })
  return result.kind === 'answer' ? lookOf(result.answer) : SAW_NOTHING
}

function lookOf({ transcript, directory, runtimeId }: LookForConversationAnswer): Look {
  return {
    transcript: transcriptOf(transcript),
    directory: directory.state,
    runtimeId: runtimeId ?? null,
  }
}

function transcriptOf(seen: LookForConversationAnswer['transcript']): TranscriptSeen {
  const { state, because = null, turns, candidates = 0 } = seen
  if (state === 'unknown') return { state, because }
  if (state !== 'present') return { state, because: null }
  if (candidates > 1) return { state: 'ambiguous', because: null }
  return { state: turns === 0 ? 'absent' : 'present', because: null }
}

interface ReleasedLook {
  readonly asked: ConversationAsked
  readonly target: CallTarget
  readonly timeoutMs: number
}

/** The questions that the runner of a released client answers. */
async function lookAsReleased(calls: Calls, look: ReleasedLook): Promise<Look | null> {
  const [directory, transcript] = await Promise.all([askForDirectory(calls, look), askForStore(calls, look)])
  if (directory === null && transcript === null) return null
  return { transcript: transcript ?? UNKNOWN, directory: directory ?? 'unknown', runtimeId: null }
}

/** Such a runner says false also of what it may not read: that is no absence. */
async function askForDirectory(
  calls: Calls,
  { asked: { directory }, target, timeoutMs }: ReleasedLook,
): Promise<DirectoryState | null> {
  const params = { paths: [directory] }
  const result = await calls.call('path-exists', target, { params, timeoutMs })
  if (result.kind === 'absent') return null
  return isTold(result) && result.answer.exists[directory.trim()] === true ? 'present' : 'unknown'
}

async function askForStore(
  calls: Calls,
  { asked: { flavor, token, directory }, target, timeoutMs }: ReleasedLook,
): Promise<TranscriptSeen | null> {
  if (!TOLD_BY_RELEASED.includes(flavor)) return null
  const params = { workspacePath: directory, cursorSessionId: token }
  const result = await calls.call('cursor-chat-store-status', target, { params, timeoutMs })
  if (result.kind === 'absent') return null
  if (!isTold(result)) return UNKNOWN
  return { state: result.answer.onDisk ? 'present' : 'absent', because: null }
}

function isTold<Answer>(
  result: CallResult<Answer>,
): result is Extract<CallResult<Answer>, { kind: 'answer' }> {
  return result.kind === 'answer'
}
