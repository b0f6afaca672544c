import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { StopSessionAnswer } from '@holdfast/shared/protocol/http/stop-session'
import { printable } from '@holdfast/shared/protocol/printable'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { CallAnswer, CallResult, Calls, CallTarget } from '../live/calls.ts'
import type { Presence } from '../live/presence.ts'
import type { KillMarks } from '../runs/kill-marks.ts'
import type { SessionKey } from '../store/store.ts'

const WITHIN_MS = 10_000

export interface StopParts {
  readonly presence: Pick<Presence, 'sessionInactive'>
  readonly calls: Calls
  readonly kills: Pick<KillMarks, 'asked'>
}

export interface StopTarget {
  readonly key: SessionKey
  /** Null where the session does not say on which machine it runs. */
  readonly machineId: string | null
  /** The run that has the session, unless that is a released client's, which knows no runs. */
  readonly run: Pick<RunRecord, 'id' | 'machineId'> | null
  /** What the asker says of it. */
  readonly why: string | null
}

/** Asks a session's client to end it, and where that does not end it, the runner of its machine. */
export async function stopSession(
  parts: StopParts,
  target: StopTarget,
): Promise<StopSessionAnswer | Refusal> {
  const { key, run, why } = target
  const client = { namespace: key.namespace, id: key.session }
  const askRunner = runnerFor(parts.calls, target)
  if (askRunner === null && !parts.calls.isAnswered('killSession', client)) return nobodyThere(run)
  // Before anybody is asked: the end may be told before the answer.
  parts.kills.asked(key, why)
  const said = await askClient(parts, key, client)
  if (said === 'ended') return STOPPED_BY_CLIENT
  const ran = askRunner === null ? ABSENT : await askRunner()
  return ran.kind === 'answer' ? { ...BY_RUNNER[ran.answer.status], by: 'runner' } : withoutRunner(said, ran)
}

type ClientSaid = CallResult<CallAnswer<'killSession'>>
type RunnerSaid = CallResult<CallAnswer<'stop-session'>>

const ABSENT = { kind: 'absent' } as const

/** What the client answers is not believed: the session ends, or it does not. */
async function askClient(
  { presence, calls }: StopParts,
  key: SessionKey,
  client: CallTarget,
): Promise<'ended' | ClientSaid> {
  const said = await calls.call('killSession', client, { params: {}, timeoutMs: WITHIN_MS })
  const saysYes = said.kind === 'answer' && said.answer.success
  return saysYes && (await presence.sessionInactive(key, WITHIN_MS)) ? 'ended' : said
}

/** Asks the runner of the run's machine to end the run, where it knows runs, or else that of the session's to end the session. */
function runnerFor(calls: Calls, { key, machineId, run }: StopTarget): (() => Promise<RunnerSaid>) | null {
  const { namespace, session: sessionId } = key
  const ofRun = run === null || run.machineId === null ? null : { namespace, id: run.machineId }
  if (run !== null && ofRun !== null && calls.isAnswered('stop-run', ofRun)) {
    const params = { runId: run.id, sessionId }
    return () => calls.call('stop-run', ofRun, { params, timeoutMs: WITHIN_MS })
  }
  const ofSession = machineId === null ? null : { namespace, id: machineId }
  if (ofSession === null || !calls.isAnswered('stop-session', ofSession)) return null
  return () => calls.call('stop-session', ofSession, { params: { sessionId }, timeoutMs: WITHIN_MS })
}

/** The runner did not say what became of it. */
function withoutRunner(client: ClientSaid, runner: RunnerSaid): StopSessionAnswer | Refusal {
  if (client.kind === 'answer') return client.answer.success ? NOT_YET : declined(client.answer.message)
  if (runner.kind === 'refused') return runner
  return client.kind === 'refused' ? client : NO_ANSWER
}

const STOPPED_BY_CLIENT: StopSessionAnswer = {
  outcome: 'stopped',
  by: 'client',
  message: 'The client of the session has ended it.',
}

const NOT_YET: StopSessionAnswer = {
  outcome: 'unknown',
  by: 'client',
  message: 'The client of the session said that it would end it, and has not done so yet.',
}

function declined(why: string): StopSessionAnswer {
  const message = `The client of the session did not end it. It says: ${printable(why)}`
  return { outcome: 'unknown', by: 'client', message }
}

const BY_RUNNER: Readonly<
  Record<CallAnswer<'stop-session'>['status'], Pick<StopSessionAnswer, 'outcome' | 'message'>>
> = {
  stopped: { outcome: 'stopped', message: 'The runner of its machine has stopped it.' },
  already_gone: { outcome: 'already_gone', message: 'The runner of its machine found that it had ended.' },
  still_alive: {
    outcome: 'unknown',
    message: 'The runner of its machine did not stop it. It may run on, or be none that this runner knows.',
  },
}

const NOBODY_THERE = refuse(
  'no_machine_online',
  'Neither a client of the session nor the runner of its machine is connected, so nobody was asked to stop it.',
)

/** Who holds a run by its reports alone can not be called. */
function nobodyThere(run: StopTarget['run']): Refusal {
  if (run === null) return NOBODY_THERE
  const where = run.machineId === null ? 'where it runs' : `on the machine ${printable(run.machineId)}`
  const message = `The program that holds the run ${run.id} is not connected to the hub and can not be asked, so stop it ${where}.`
  return refuse('runner_unable', message)
}
const NO_ANSWER = refuse(
  'no_answer',
  'Who was asked to stop the session gave no answer that could be used. It may have been stopped: look, or try again.',
)
