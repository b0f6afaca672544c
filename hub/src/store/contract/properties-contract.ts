import { createHash } from 'node:crypto'
import { PROTECTED_FIELDS } from '@holdfast/shared/agents/registry'
import { jsonEqual, type Json } from '@holdfast/shared/metadata/json'
import type { JournalEntry, JournaledChange } from '@holdfast/shared/records/journal'
import type { SessionRecord } from '@holdfast/shared/records/session'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldJournal, type FoldedField } from '../../sessions/fold.ts'
import type { FeedChange, SessionKey, Store } from '../store.ts'
import { sendingOf, step, type Sending, type Step } from './random-writes.ts'
import {
  ACTOR,
  allPages,
  feedOf,
  journalOf,
  read,
  TOKEN_AGENTS,
  tokensOf,
  written,
  type OpenStore,
} from './test-store.ts'

const RUNS = 60

/** A namespace of its own, the sessions that were made in it, and what was sent with a mutation id. */
class World {
  readonly made = new Map<string, SessionKey>()
  readonly sent: Sending[] = []
  readonly store: Store
  readonly namespace: string

  constructor(store: Store, namespace: string) {
    this.store = store
    this.namespace = namespace
  }

  async create(tag: number, metadata: object): Promise<void> {
    const request = { namespace: this.namespace, tag: `tag-${tag}`, actor: ACTOR, metadata }
    const answer = await this.store.createOrLoadSession(request)
    if (answer.kind === 'refused') throw new Error(answer.message)
    if (answer.created === this.made.has(request.tag))
      throw new Error(`${request.tag} was made twice, or never.`)
    this.made.set(request.tag, { namespace: this.namespace, session: answer.session.id })
  }

  /** What a step sends, given the version that its session is at. */
  async sending(next: Exclude<Step, { kind: 'create' }>): Promise<Sending | undefined> {
    if (next.kind === 'again') return this.sent[next.which % Math.max(1, this.sent.length)]
    const keys = [...this.made.values()]
    const key = keys[next.session % Math.max(1, keys.length)]
    if (key === undefined) return undefined
    const sending = sendingOf(next, key, (await read(this.store, key)).metadataVersion)
    if (sending.mutationId !== undefined) this.sent.push(sending)
    return sending
  }
}

/** For what holds in some cases only. */
function same(actual: unknown, wanted: unknown): void {
  expect(actual).toEqual(wanted)
}

function tokenValues(tokens: readonly { flavor: string; value: string }[]): Set<string> {
  return new Set(tokens.map(({ flavor, value }) => `${flavor} ${value}`))
}

/** Sends one write and checks what it did to its session. */
async function sendAndCheck(store: Store, sending: Sending): Promise<void> {
  const { key } = sending
  const before = await read(store, key)
  const tokensBefore = tokenValues(await tokensOf(store, key))
  const answer = await sending.send(store)
  const after = await read(store, key)
  const tokensAfter = tokenValues(await tokensOf(store, key))
  for (const token of tokensBefore) expect(tokensAfter).toContain(token)
  const effective = after.metadataVersion !== before.metadataVersion
  const version = effective ? before.metadataVersion + 1 : before.metadataVersion
  expect(after).toEqual(effective ? { ...after, metadataVersion: version } : before)
  if (effective) written(answer)
  const replayed = answer.replayed === true
  expect(replayed && effective).toBe(false)
  if (answer.kind === 'written' && !replayed) same(answer.version, version)
  checkProtected(sending, before, after)
}

/** Protected fields change only by a write that names them, and go only by one that may take them away. */
function checkProtected(sending: Sending, before: SessionRecord, after: SessionRecord): void {
  for (const field of PROTECTED_FIELDS) {
    const [was, is] = [before.metadata[field], after.metadata[field]]
    if (was === is) continue
    expect(sending.mayChange).toContain(field)
    if (is === undefined) expect(sending.mayRemove).toContain(field)
  }
}

function isField(folded: FoldedField | undefined, value: Json | undefined): boolean {
  if (folded === undefined || value === undefined) return folded === undefined && value === undefined
  if ('value' in folded) return jsonEqual(folded.value, value)
  const text = JSON.stringify(value)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return folded.large.sha256 === sha256 && folded.large.bytes === Buffer.byteLength(text)
}

function sideOf(value: Json | undefined, large: JournaledChange['beforeLarge']): FoldedField | undefined {
  if (large !== undefined) return { large }
  return value === undefined ? undefined : { value }
}

/** Each entry's before must be what the entries before it add up to, and name the version that had set it. */
function checkChain(journal: readonly JournalEntry[]): void {
  const setAt = new Map<string, number>()
  for (const [index, entry] of journal.entries()) {
    const { metadata } = foldJournal(journal.slice(0, index))
    for (const [field, change] of Object.entries(entry.changes)) {
      const before = sideOf(change.before, change.beforeLarge)
      const held = Object.hasOwn(metadata, field) ? metadata[field] : undefined
      expect([field, before]).toEqual([field, held])
      expect([field, change.beforeVersion]).toEqual([field, setAt.get(field) ?? 0])
      setAt.set(field, entry.version)
    }
  }
}

function checkFolds(journal: readonly JournalEntry[], session: SessionRecord): void {
  const { version, metadata } = foldJournal(journal)
  expect(version).toBe(session.metadataVersion)
  expect(Object.keys(metadata).toSorted()).toEqual(Object.keys(session.metadata).toSorted())
  for (const [field, value] of Object.entries(session.metadata))
    expect([field, isField(metadata[field], value)]).toEqual([field, true])
}

/** The feed says the same as the journal: the same entries, and of each field the same. */
function checkFeed(feed: readonly FeedChange[], journal: readonly JournalEntry[]): void {
  const bySeq = new Map(journal.map((entry) => [entry.seq, entry]))
  for (const { set, removed, unavailable, ...head } of feed) {
    const { changes, ...entryHead } = bySeq.get(head.seq) ?? { changes: {} }
    expect(head).toEqual(entryHead)
    const named = [...Object.keys(set), ...removed, ...unavailable].toSorted()
    expect(named).toEqual(Object.keys(changes).toSorted())
    for (const [field, change] of Object.entries(changes)) {
      const after = sideOf(change.after, change.afterLarge)
      if (unavailable.includes(field)) expect(change.afterLarge).toBeDefined()
      else
        expect([field, isField(after, Object.hasOwn(set, field) ? set[field] : undefined)]).toEqual([
          field,
          true,
        ])
    }
  }
}

/** The token history against what the journal says the session ever held, and against what it holds. */
async function checkTokens(store: Store, key: SessionKey, journal: readonly JournalEntry[]): Promise<void> {
  const { metadata } = await read(store, key)
  const tokens = await tokensOf(store, key)
  for (const { flavor, tokenField, pairedField } of TOKEN_AGENTS) {
    const had = journal.flatMap((entry) => entry.changes[tokenField]?.after ?? [])
    const own = tokens.filter((token) => token.flavor === flavor)
    expect(own.map((token) => token.value).toSorted()).toEqual([...new Set(had)].toSorted() as string[])
    const current = own.filter((token) => token.left === 'no')
    expect(current.map((token) => token.value)).toEqual([metadata[tokenField] ?? []].flat() as string[])
    const paired = pairedField === null ? null : (metadata[pairedField] ?? null)
    for (const token of current) {
      expect([token.paired, token.leftAt]).toEqual([paired as string | null, null])
      const identity = { namespace: key.namespace, machineId: token.machineId, flavor, value: token.value }
      expect(await store.tokenHolders(identity)).toContain(key.session)
    }
  }
}

async function checkWorld({ store, namespace, made }: World): Promise<void> {
  const listed = await allPages((cursor) => store.listSessions({ namespace, limit: 2, cursor }))
  expect(listed.map(({ id, tag }) => [tag, id])).toEqual(
    [...made].map(([tag, key]) => [tag, key.session]).toReversed(),
  )
  const feed = await feedOf(store, namespace)
  expect(feed.map((change) => change.seq)).toEqual(feed.map((_, index) => index + 1))
  const journals: JournalEntry[] = []
  for (const key of made.values()) {
    const journal = (await journalOf(store, key, 3)).toReversed()
    checkFolds(journal, await read(store, key))
    checkChain(journal)
    await checkTokens(store, key, journal)
    journals.push(...journal)
  }
  expect(journals).toHaveLength(feed.length)
  checkFeed(feed, journals)
}

export function propertiesContract(name: string, open: OpenStore): void {
  describe(`${name}: any sequence of writes`, () => {
    test('[ME14][VE1][JO1][FE1] one after the other', async () => {
      await using store = await open()
      let worlds = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          worlds += 1
          const world = new World(store, `world-${worlds}`)
          await world.create(0, { claudeSessionId: 't1', name: 'first' })
          for (const next of steps) {
            if (next.kind === 'create') {
              await world.create(next.tag, next.metadata)
              continue
            }
            const sending = await world.sending(next)
            if (sending !== undefined) await sendAndCheck(store, sending)
          }
          await checkWorld(world)
        }),
        { numRuns: RUNS },
      )
      expect(worlds).toBeGreaterThanOrEqual(RUNS)
    })

    test('[VE1][VE5][JO1][FE1] many at once', async () => {
      await using store = await open()
      let worlds = 0
      const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 5 })
      await fc.assert(
        fc.asyncProperty(batches, async (batch) => {
          worlds += 1
          const world = new World(store, `world-${worlds}`)
          await world.create(0, { cursorSessionId: 't1', cursorSessionProtocol: 't2' })
          for (const steps of batch) {
            const sendings: Sending[] = []
            for (const next of steps) {
              if (next.kind === 'create') await world.create(next.tag, next.metadata)
              else sendings.push(...[await world.sending(next)].filter((one) => one !== undefined))
            }
            await Promise.all(sendings.map((sending) => sending.send(store)))
          }
          await checkWorld(world)
        }),
        { numRuns: RUNS },
      )
      expect(worlds).toBeGreaterThanOrEqual(RUNS)
    })

    test('[JO4][ME14] with pruning between them nothing but old entries goes', async () => {
      await using store = await open()
      let worlds = 0
      const pruning = fc.record({
        keepEntries: fc.integer({ min: 1, max: 6 }),
        limit: fc.integer({ min: 1, max: 5 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(step, fc.option(pruning)), { maxLength: 20 }), async (steps) => {
          worlds += 1
          const namespace = `world-${worlds}`
          const world = new World(store, namespace)
          await world.create(0, { claudeSessionId: 't1' })
          for (const [next, bounds] of steps) {
            if (next.kind === 'create') await world.create(next.tag, next.metadata)
            else {
              const sending = await world.sending(next)
              if (sending !== undefined) await sendAndCheck(store, sending)
            }
            if (bounds !== null) await pruneAndCheck(world, bounds)
          }
        }),
        { numRuns: RUNS },
      )
      expect(worlds).toBeGreaterThanOrEqual(RUNS)
    })
  })
}

async function pruneAndCheck(world: World, bounds: { keepEntries: number; limit: number }): Promise<void> {
  const { store, namespace, made } = world
  const state = async () => {
    const records = []
    for (const key of made.values()) records.push([await read(store, key), await tokensOf(store, key)])
    return records
  }
  const before = await state()
  const from = await store.readFeed({ namespace, after: 0, limit: 1 })
  const { entries, more } = await store.prune({ namespace, keepBytes: 1e12, ...bounds })
  expect(await state()).toEqual(before)
  const floor = (from.kind === 'changes' ? 0 : from.floor) + entries
  expect(entries).toBeLessThanOrEqual(bounds.limit)
  const feed = await feedOf(store, namespace, floor)
  expect(feed.map((change) => change.seq)).toEqual(feed.map((_, index) => floor + 1 + index))
  if (feed.length > bounds.keepEntries) same(more, true)
  const journals = []
  for (const key of made.values()) journals.push(...(await journalOf(store, key, 2)))
  expect(journals.map((entry) => entry.seq).toSorted((a, b) => a - b)).toEqual(
    feed.map((change) => change.seq),
  )
}
