import type { RunOutcome } from '@holdfast/shared/records/run'
import type { ResumeFacts, TokenFacts } from '@holdfast/shared/resume/facts'
import type { ReadFacts, RegisterRun } from '../run-store.ts'
import type { SessionKey, Store } from '../store.ts'
import { ACTOR, NAMESPACE } from './test-store.ts'

/** Of a run that nobody judges: where it works, and as what. */
const PLACE = {
  namespace: NAMESPACE,
  actor: ACTOR,
  flavor: 'claude',
  machineId: 'm1',
  runtimeId: 'r1',
  directory: '/srv/app',
}

type Begun = Pick<RegisterRun, 'key' | 'runId'> & Partial<RegisterRun>

/** Opens a run in the session of a tag, which it makes where there is none. */
export async function began(store: Store, run: Begun): Promise<SessionKey> {
  const request = { ...PLACE, ...run }
  const answer = await store.registerRun(request)
  if (answer.kind === 'refused') throw new Error(`${answer.code}: ${answer.message}`)
  return { namespace: request.namespace, session: answer.run.session }
}

interface Reported {
  readonly token: string
  readonly state?: 'provisional' | 'confirmed'
}

export async function reported(
  store: Store,
  run: string,
  { token, state = 'provisional' }: Reported,
): Promise<void> {
  const answer = await store.reportToken({ namespace: NAMESPACE, actor: ACTOR, run, token, state })
  if (answer.kind === 'refused') throw new Error(`${answer.code}: ${answer.message}`)
}

export async function ended(store: Store, run: string, outcome: RunOutcome, reason?: string): Promise<void> {
  const key = { namespace: NAMESPACE, run }
  const runs = await store.endRuns({ runs: [key], outcome, endedBy: 'client', reason })
  if (runs.length !== 1) throw new Error(`The run ${run} was not live.`)
}

/** A whole life of a run that carried one token. */
export async function ran(
  store: Store,
  run: Begun & Reported & { outcome: RunOutcome },
): Promise<SessionKey> {
  const key = await began(store, run)
  await reported(store, run.runId, run)
  await ended(store, run.runId, run.outcome)
  return key
}

export async function factsOf(
  store: Store,
  key: SessionKey,
  more: Partial<ReadFacts> = {},
): Promise<ResumeFacts> {
  const facts = await store.readFacts({ ...key, ...more })
  if (facts === null) throw new Error(`The session ${key.session} is not there.`)
  return facts
}

/** What is known of its token, which must be there. */
export async function tokenFactsOf(
  store: Store,
  key: SessionKey,
  more: Partial<ReadFacts> = {},
): Promise<TokenFacts> {
  const { token } = await factsOf(store, key, more)
  if (token === null) throw new Error(`The session ${key.session} has no token.`)
  return token
}
