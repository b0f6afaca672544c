import { setTimeout as pause } from 'node:timers/promises'
import type { CensusAnswer } from '@holdfast/shared/protocol/http/census'
import type { SessionsAnswer } from '@holdfast/shared/protocol/http/sessions'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { runtimeName } from '../groups.ts'
import { timedLots, type Lots } from '../timed-lots.ts'
import type { Runtime } from '../variant.ts'
import type { Hub } from './make-session.ts'

export const PAGE = 50

/** How often each is done. */
export const READS: Lots = { lots: 5, each: 100 }

/** What people look at over and over. */
export type ReadKind = 'page' | 'common' | 'rare' | 'census'

/** The medians of lots, in milliseconds. */
export type ReadTimes = Readonly<Record<ReadKind, readonly number[]>>

/** The class of most sessions that were filled in, and that of one in fifty. */
const COMMON: VerdictClass = 'at_risk'
const RARE: VerdictClass = 'resumable'

const NAMES: Readonly<Record<ReadKind, string>> = {
  page: `First page of ${PAGE} sessions`,
  common: 'First page of those at risk, most of all',
  rare: 'First page of the resumable, one in fifty',
  census: 'Whole census',
}

export function readName(kind: ReadKind, runtime: Runtime): string {
  return `${NAMES[kind]}, ${runtimeName(runtime)}`
}

/** The hub serves an address so often, after a burst; who waits as long for each request is never turned away. */
const REQUEST_EVERY_MS = 5

/** One after the other; `sessions`: how many the hub holds. */
export async function timedReads(hub: Hub, sessions: number): Promise<ReadTimes> {
  const timed = (kind: ReadKind): Promise<readonly number[]> =>
    timedLots(READS, () => timedRead(kind, hub, sessions))
  return {
    page: await timed('page'),
    common: await timed('common'),
    rare: await timed('rare'),
    census: await timed('census'),
  }
}

async function timedRead(kind: ReadKind, hub: Hub, sessions: number): Promise<number> {
  const asked = performance.now()
  const requests = await readOnce(kind, hub, sessions)
  const milliseconds = performance.now() - asked
  await pause(requests * REQUEST_EVERY_MS)
  return milliseconds
}

/**
 * Asks for it once; resolves with how many requests that took. Fails where the answer is not what it must be of a hub that
 * holds so many sessions.
 */
export function readOnce(kind: ReadKind, hub: Hub, sessions: number): Promise<number> {
  switch (kind) {
    case 'page':
      return firstPage(hub, null)
    case 'common':
      return firstPage(hub, COMMON)
    case 'rare':
      return firstPage(hub, RARE)
    case 'census':
      return wholeCensus(hub, sessions)
  }
}

/** Of a rare class a page is short: no more than so many sessions are looked at for it. */
async function firstPage(hub: Hub, verdict: VerdictClass | null): Promise<number> {
  const filter = verdict === null ? '' : `&verdict=${verdict}`
  const { sessions } = await answered<SessionsAnswer>(hub, `/api/sessions?limit=${PAGE}${filter}`)
  const isFull = verdict === RARE ? sessions.length > 0 : sessions.length === PAGE
  if (!isFull) throw new Error(`The first page is not full: ${sessions.length} of ${PAGE}.`)
  if (verdict !== null && sessions.some((session) => session.verdict.class !== verdict))
    throw new Error(`Not every session of the page is ${verdict}.`)
  return 1
}

/** Page by page, as large as they come where nothing is said. */
async function wholeCensus(hub: Hub, sessions: number): Promise<number> {
  let counted = 0
  let requests = 0
  for (let cursor: string | null = ''; cursor !== null;) {
    const more: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const answer: CensusAnswer = await answered(hub, `/api/census${more}`)
    const total = Object.values(answer.totals).reduce((sum, count) => sum + count, 0)
    if (total !== sessions) throw new Error(`The totals of the census are ${total}, not ${sessions}.`)
    requests += 1
    counted += answer.groups.reduce((sum, { count }) => sum + count, 0)
    cursor = answer.nextCursor
  }
  if (counted !== sessions) throw new Error(`The census counts ${counted} sessions, not ${sessions}.`)
  return requests
}

async function answered<Answer>({ url, token }: Hub, path: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as Answer
}
