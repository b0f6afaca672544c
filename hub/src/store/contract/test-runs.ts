import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunRecord } from '@holdfast/shared/records/run'
import { expect } from 'vitest'
import type {
  Claimed,
  ClaimRun,
  RegisterRun,
  RejectionTaken,
  ReportToken,
  ResumeBegun,
  RunChanged,
  TokenReported,
} from '../run-store.ts'
import type { SessionKey, Store } from '../store.ts'
import { ACTOR, NAMESPACE, read } from './test-store.ts'

/** Where the runs of these tests are, if nothing else is said. */
export const PLACE = { machineId: 'm1', runtimeId: 'r1', directory: '/work' } as const

/** A session of PLACE that has a token of Claude's. */
export const RESUMABLE = { flavor: 'claude', machineId: 'm1', path: '/work', claudeSessionId: 't1' } as const

export function claimOf(key: string, more: Partial<ClaimRun> = {}): ClaimRun {
  return { namespace: NAMESPACE, actor: ACTOR, key, flavor: 'claude', ...PLACE, intent: 'auto', ...more }
}

/** An id that fits a run. */
export function runIdOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** The answer of this kind; shows the whole of another one. */
export function answered<Answer extends { readonly kind: string }, Kind extends Answer['kind']>(
  answer: Answer,
  kind: Kind,
): Extract<Answer, { kind: Kind }> {
  if (answer.kind !== kind) expect(answer).toEqual({ kind })
  return answer as Extract<Answer, { kind: Kind }>
}

export async function claimed(store: Store, key: string, more: Partial<ClaimRun> = {}): Promise<Claimed> {
  return answered(await store.claimRun(claimOf(key, more)), 'claimed')
}

export async function registered(
  store: Store,
  key: string,
  more: Partial<RegisterRun> & { readonly runId: string },
): Promise<RunChanged> {
  const request = { namespace: NAMESPACE, actor: ACTOR, key, flavor: 'claude', ...PLACE, ...more }
  return answered(await store.registerRun(request), 'run')
}

export async function implicit(
  store: Store,
  session: SessionKey,
  continues: string | null = null,
): Promise<RunChanged> {
  return answered(await store.openImplicitRun({ ...session, actor: ACTOR, continues }), 'run')
}

export function ofRun(run: string) {
  return { namespace: NAMESPACE, actor: ACTOR, run }
}

/** Its agent says that it does not know the token. */
export function rejected(store: Store, run: string, token = 't1'): Promise<RejectionTaken | Refusal> {
  return store.reportRejected({ ...ofRun(run), token, message: 'No conversation found' })
}

export function tokenReport(run: string, token: string, more: Partial<ReportToken> = {}): ReportToken {
  return { namespace: NAMESPACE, actor: ACTOR, run, token, state: 'provisional', ...more }
}

export async function reported(
  store: Store,
  run: string,
  token: string,
  more: Partial<ReportToken> = {},
): Promise<TokenReported> {
  return answered(await store.reportToken(tokenReport(run, token, more)), 'run')
}

export async function completed(
  store: Store,
  run: string,
  more: { readonly outcome?: 'success' | 'failed' | 'cancelled'; readonly token?: string } = {},
): Promise<RunChanged> {
  const request = { namespace: NAMESPACE, actor: ACTOR, run, outcome: 'success', ...more } as const
  return answered(await store.completeRun(request), 'run')
}

export async function resumeBegun(store: Store, key: SessionKey, runId: string): Promise<ResumeBegun> {
  return answered(await store.beginResume({ ...key, actor: ACTOR, runId }), 'begun')
}

/** What a sweep does with runs that were not heard from. */
export function lapsed(store: Store, ...runs: readonly string[]): Promise<readonly RunRecord[]> {
  return store.endRuns({
    runs: runs.map((run) => ({ namespace: NAMESPACE, run })),
    outcome: 'interrupted',
    endedBy: 'lease',
  })
}

export function sessionOf(run: RunRecord, namespace = NAMESPACE): SessionKey {
  return { namespace, session: run.session }
}

/** The session without its verdict, which says how its last run ended. */
export async function besidesVerdict(store: Store, key: SessionKey): Promise<object> {
  const { verdict: _verdict, ...rest } = await read(store, key)
  return rest
}

/** A run of this session that made the token and ended well, so that nothing speaks against resuming it. */
export async function proven(store: Store, key: string, token = 't1'): Promise<SessionKey> {
  const { run } = await claimed(store, key)
  await reported(store, run.id, token, { state: 'confirmed' })
  await completed(store, run.id)
  const directory = { flavor: 'claude', token, directory: 'present' } as const
  await store.noteEvidence({ ...sessionOf(run), ...directory })
  return sessionOf(run)
}
