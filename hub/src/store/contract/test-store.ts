import { AGENTS } from '@holdfast/shared/agents/registry'
import type { ErrorCode } from '@holdfast/shared/errors/codes'
import type { Actor } from '@holdfast/shared/records/actor'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { TokenRecord } from '@holdfast/shared/records/token'
import { expect } from 'vitest'
import type {
  CreateSession,
  FeedChange,
  FieldsWritten,
  Page,
  PatchMetadata,
  SessionKey,
  Store,
} from '../store.ts'

/** Opens an empty store of its own for each call. */
export type OpenStore = (options?: { now?: () => number; newId?: () => string }) => Promise<Store>

export const NAMESPACE = 'default'
export const ACTOR: Actor = { door: 'socket', device: 'd1' }

export interface TokenAgent {
  readonly flavor: string
  readonly tokenField: string
  readonly pairedField: string | null
  /** Two values that its paired field may have. */
  readonly pairs: readonly [one: string, two: string]
}

/** A paired field that has a type takes no other values in a patch. */
const TYPED_PAIRS: Record<string, readonly [string, string]> = {
  cursorSessionProtocol: ['acp', 'stream-json'],
}

/** Every flavor that keeps a token, from the registry. */
export const TOKEN_AGENTS: readonly TokenAgent[] = AGENTS.flatMap(({ flavor, tokenField, pairedField }) =>
  tokenField === null
    ? []
    : [{ flavor, tokenField, pairedField, pairs: TYPED_PAIRS[pairedField ?? ''] ?? ['p1', 'p2'] }],
)

/** A clock that stands still until it is moved. */
export class TestClock {
  time = 1_700_000_000_000

  readonly now = (): number => this.time

  move(by: number): number {
    this.time += by
    return this.time
  }
}

let tags = 0

/** Makes a session of its own and gives its key. */
export async function born(
  store: Store,
  metadata: unknown = {},
  more: Partial<CreateSession> = {},
): Promise<SessionKey> {
  tags += 1
  const request = { namespace: NAMESPACE, tag: `tag-${tags}`, actor: ACTOR, metadata, ...more }
  const made = await store.createOrLoadSession(request)
  if (made.kind === 'refused') throw new Error(`${made.code}: ${made.message}`)
  return { namespace: request.namespace, session: made.session.id }
}

interface Kinds {
  readonly kind: string
}

/** The answer, which must say that it was written; shows the whole of another one. */
export function written<Answer extends Kinds>(answer: Answer): Extract<Answer, { kind: 'written' }> {
  if (answer.kind !== 'written') expect(answer).toEqual({ kind: 'written' })
  return answer as Extract<Answer, { kind: 'written' }>
}

export async function patched(
  store: Store,
  key: SessionKey,
  patch: unknown,
  more: Partial<PatchMetadata> = {},
): Promise<FieldsWritten> {
  return written(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch, ...more }))
}

export function expectRefused(answer: object, code: ErrorCode, detail: object = {}): void {
  expect(answer).toMatchObject({ kind: 'refused', code, ...detail })
}

/** The session, which must be there. */
export async function read(store: Store, key: SessionKey): Promise<SessionRecord> {
  const session = await store.readSession(key)
  if (session === null) throw new Error(`The session ${key.session} is not there.`)
  return session
}

/** Every item of a list, page by page. Fails where the pages do not end. */
export async function allPages<Item>(
  next: (cursor: string | undefined) => Promise<Page<Item> | null>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1000; pages += 1) {
    const page = await next(cursor)
    if (page === null) throw new Error('There is no such list.')
    items.push(...page.items)
    if (page.nextCursor === null) return items
    cursor = page.nextCursor
  }
  throw new Error('The pages do not end.')
}

/** The whole journal of a session, newest first. */
export function journalOf(store: Store, key: SessionKey, limit = 100): Promise<JournalEntry[]> {
  return allPages((cursor) => store.sessionHistory({ ...key, limit, cursor }))
}

export function tokensOf(store: Store, key: SessionKey, limit = 100): Promise<TokenRecord[]> {
  return allPages((cursor) => store.tokenHistory({ ...key, limit, cursor }))
}

/** Every run of a session, newest first. */
export function runsOf(store: Store, key: SessionKey, limit = 100): Promise<RunRecord[]> {
  return allPages((cursor) => store.listRuns({ ...key, limit, cursor }))
}

/** The token's record, which must be in the history once. */
export async function tokenOf(store: Store, key: SessionKey, value: string): Promise<TokenRecord> {
  const [found, ...more] = (await tokensOf(store, key)).filter((token) => token.value === value)
  if (found === undefined || more.length > 0) throw new Error(`The token ${value} is not there once.`)
  return found
}

export async function feedOf(store: Store, namespace = NAMESPACE, after = 0): Promise<FeedChange[]> {
  const changes: FeedChange[] = []
  for (let at = after; ;) {
    const page = await store.readFeed({ namespace, after: at, limit: 100 })
    if (page.kind !== 'changes') throw new Error(`The feed of ${namespace} says ${page.because}.`)
    changes.push(...page.changes)
    if (page.through === page.head) return changes
    if (page.through === at) throw new Error(`The feed of ${namespace} stands still at ${at}.`)
    at = page.through
  }
}

/** All that a namespace holds, as far as the port shows it: equal before and after a write that had no effect. */
export async function everythingIn(store: Store, namespace = NAMESPACE): Promise<object> {
  const sessions = await allPages((cursor) => store.listSessions({ namespace, limit: 1000, cursor }))
  const records = []
  for (const { id } of sessions) {
    const key = { namespace, session: id }
    records.push({
      record: await read(store, key),
      journal: await journalOf(store, key),
      tokens: await tokensOf(store, key),
      runs: await runsOf(store, key),
    })
  }
  const machines = await allPages((cursor) => store.listMachines({ namespace, limit: 1000, cursor }))
  const devices = await allPages((cursor) => store.listDevices({ namespace, limit: 1000, cursor }))
  const start = await store.readFeed({ namespace, after: 0, limit: 1 })
  const floor = start.kind === 'changes' ? 0 : start.floor
  return { records, machines, devices, floor, feed: await feedOf(store, namespace, floor) }
}

/** An id that fits `mutationId`, told apart by its name. */
export function mutation(name: string | number): string {
  return `mutation-${name}`.padEnd(20, '0')
}

/** Unprotected text of exactly so many bytes as JSON. */
export function textOf(bytes: number, letter = 'x'): string {
  return letter.repeat(bytes - 2)
}
