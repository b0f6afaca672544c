import { expect } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import { ofRun, tokenReport } from './test-runs.ts'
import { everythingIn, expectRefused, tokensOf } from './test-store.ts'

export const REPORT_KINDS = [
  'heartbeat',
  'provisional',
  'confirmed',
  'complete',
  'complete with a token',
] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

export const NAMES_TOKEN: readonly ReportKind[] = ['provisional', 'confirmed', 'complete with a token']

/** Every kind of report of a run, with the token where it names one. */
export function reportOf(
  store: Store,
  run: string,
  token: string,
): Readonly<Record<ReportKind, () => Promise<object>>> {
  return {
    heartbeat: () => store.reviveRun(ofRun(run)),
    provisional: () => store.reportToken(tokenReport(run, token)),
    confirmed: () => store.reportToken(tokenReport(run, token, { state: 'confirmed' })),
    complete: () => store.completeRun({ ...ofRun(run), outcome: 'success' }),
    'complete with a token': () => store.completeRun({ ...ofRun(run), outcome: 'failed', token }),
  }
}

export interface Lost {
  readonly run: string
  readonly kind: ReportKind
  readonly key: SessionKey
}

/** The report is refused, and nothing changes but the token history, and that only by a late token. */
export async function expectLost(store: Store, { run, kind, key }: Lost): Promise<void> {
  const { tokens: before, ...rest } = await apart(store, key)
  expectRefused(await reportOf(store, run, 'late')[kind](), 'lease_lost')
  const { tokens, ...restAfter } = await apart(store, key)
  expect(restAfter).toEqual(rest)
  expect(tokens.filter(({ value }) => value !== 'late')).toEqual(
    before.filter(({ value }) => value !== 'late'),
  )
  const late = { left: 'late', proof: 'provisional', run, machineId: 'm1', runtimeId: 'r1' }
  expect(tokens.filter(({ value }) => value === 'late')).toMatchObject(
    NAMES_TOKEN.includes(kind) ? [late] : [],
  )
}

/** The history of one session's tokens, and everything else. */
async function apart(store: Store, key: SessionKey) {
  const everything = await everythingIn(store)
  const text = JSON.stringify(everything)
  const tokens = await tokensOf(store, key)
  return { rest: text.replace(JSON.stringify(tokens), '[]'), tokens }
}
