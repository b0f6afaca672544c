import { must } from '@holdfast/shared/errors/assert'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionKey } from '../store/store.ts'
import { PatchesClient, WholeClient, type FakeClient } from './contract/fake-clients.ts'
import { FeedWorld, PLACE } from './contract/feed-world.ts'
import type { RoomMessage } from './rooms.ts'

const ACTOR = { door: 'hub' } as const
const LARGE = 'x'.repeat(70_000)

/** The same id in two namespaces, and two sessions in one. */
const KEYS: readonly SessionKey[] = [
  { namespace: 'default', session: 's1' },
  { namespace: 'other', session: 's1' },
  { namespace: 'default', session: 's2' },
]

/** `by` and `who` are taken modulo the clients that are there; a write by nobody comes through another door. */
type Step =
  | { readonly kind: 'join'; readonly session: number; readonly as: 'patches' | 'whole' }
  | { readonly kind: 'leave'; readonly who: number }
  | { readonly kind: 'read'; readonly who: number }
  | {
      readonly kind: 'patch' | 'replace'
      readonly session: number
      readonly by: number | null
      readonly fields: JsonObject
    }
  | { readonly kind: 'clear'; readonly session: number; readonly by: number | null }
  | { readonly kind: 'turn' }

const anySession = fc.nat({ max: KEYS.length - 1 })
const anyone = fc.nat({ max: 5 })
const anyoneOrNobody = fc.option(anyone, { freq: 3 })
const small = fc.option(fc.nat({ max: 3 }), { freq: 4 })
const someFields = fc
  .record(
    {
      a: small,
      b: small,
      claudeSessionId: fc.constantFrom('talk-1', 'talk-2'),
      big: fc.constantFrom(`a${LARGE}`, `b${LARGE}`),
    },
    { requiredKeys: [] },
  )
  .map((drawn): JsonObject => ({ ...drawn }))
const writing = { session: anySession, by: anyoneOrNobody }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      session: anySession,
      as: fc.constantFrom('patches' as const, 'whole' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'read' as const), who: anyone }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('patch' as const), ...writing, fields: someFields }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), ...writing, fields: someFields }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), ...writing }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'turn' }) },
)

type Write = Extract<Step, { by: number | null }>

/** Clients that come and go, and write without waiting for one another. */
class Crowd {
  readonly world: FeedWorld
  readonly clients: FakeClient[] = []
  readonly wrong: string[] = []
  readonly #gone = new Set<FakeClient>()
  readonly #pending: Promise<unknown>[] = []
  #joined = 0

  constructor(world: FeedWorld) {
    this.world = world
  }

  get here(): FakeClient[] {
    return this.clients.filter((client) => !this.#gone.has(client))
  }

  async take(next: Step): Promise<void> {
    const key = 'session' in next ? keyAt(next.session) : null
    if (next.kind === 'turn') await new Promise((resolve) => setImmediate(resolve))
    else if (next.kind === 'join') await this.#join(must(key, 'a join names a session'), next.as)
    else if (next.kind === 'leave') this.#leave(this.#client(next.who, null))
    else if (next.kind === 'read') await this.#read(this.#client(next.who, null))
    else this.#pending.push(this.#write(next, must(key, 'a write names a session')))
  }

  /** Until everything is written and told, and whoever saw that a version is missing has read. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending)
    for (const namespace of ['default', 'other']) await this.world.settled(namespace)
    for (const client of this.here.filter(({ mustRead }) => mustRead)) await this.#read(client)
  }

  async recordOf(key: SessionKey) {
    return must(await this.world.store.readSession(key), 'no session is ever gone')
  }

  async #join(key: SessionKey, as: 'patches' | 'whole'): Promise<void> {
    const id = `c${this.#joined++}`
    const Client = as === 'patches' ? PatchesClient : WholeClient
    const client = new Client(id, key, await this.recordOf(key))
    this.clients.push(client)
    this.world.rooms.join(client.room, id, (message) => this.#hear(client, message))
  }

  #leave(client: FakeClient | undefined): void {
    if (client === undefined) return
    this.#gone.add(client)
    this.world.rooms.leave(client.room, client.id)
  }

  async #read(client: FakeClient | undefined): Promise<void> {
    if (client !== undefined) client.read(await this.recordOf(client.key))
  }

  #hear(client: FakeClient, message: RoomMessage): void {
    const before = client.told.at(-1) ?? 0
    client.hear(message)
    const version = client.told.at(-1) ?? 0
    const what = `${client.id} was told of version ${version}`
    if (version <= before) this.wrong.push(`${what} after ${before}`)
    const checked = this.recordOf(client.key).then(({ metadataVersion }) => {
      if (version > metadataVersion) this.wrong.push(`${what} while it was ${metadataVersion}`)
      return version
    })
    this.#pending.push(checked)
  }

  /** One of those that are there; of those that listen to a session where one is named. */
  #client(number: number, key: SessionKey | null): FakeClient | undefined {
    const candidates = this.here.filter((client) => key === null || client.key === key)
    return candidates[number % Math.max(1, candidates.length)]
  }

  async #write(write: Write, key: SessionKey): Promise<void> {
    const client = write.by === null ? undefined : this.#client(write.by, key)
    const answer = await this.#send(write, key, client)
    if (answer.kind === 'refused') throw new Error(answer.message)
    if (answer.kind === 'version-mismatch') return client?.acked(answer.version, { value: answer.current })
    if (client === undefined || answer.changed.length === 0) return
    this.world.events.madeBy(key, answer.version, client.id)
    client.made.add(answer.version)
    if ('metadata' in answer) client.acked(answer.version, { value: answer.metadata })
    else client.acked(answer.version, write.kind === 'patch' ? { patch: write.fields } : {})
  }

  #send(write: Write, key: SessionKey, client: FakeClient | undefined) {
    const { store } = this.world
    const request = { ...key, actor: ACTOR }
    if (write.kind === 'clear') return store.clearResumeToken({ ...request, flavor: 'claude' })
    if (write.kind === 'patch') return store.patchSessionMetadata({ ...request, patch: write.fields })
    const metadata = { ...PLACE, ...write.fields }
    return store.updateSessionMetadata({ ...request, expectedVersion: client?.version ?? 1, metadata })
  }
}

function keyAt(number: number): SessionKey {
  return must(KEYS[number], 'a session has a number')
}

/** The versions that a client was not told though it takes changes: since it came, but its own and what can not be told. */
async function missing(world: FeedWorld, client: FakeClient): Promise<number[]> {
  if (!(client instanceof PatchesClient)) return []
  const page = await world.store.readFeed({ namespace: client.key.namespace, after: 0, limit: 1000 })
  if (page.kind !== 'changes') throw new Error(page.because)
  return page.changes
    .filter(({ session, unavailable }) => session === client.key.session && unavailable.length === 0)
    .map(({ version }) => version)
    .filter(
      (version) => version > client.joinedAt && !client.made.has(version) && !client.told.includes(version),
    )
}

test('[VE9] whoever listens, comes and goes, and writes: all end equal to the store, and none is told wrong', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      await using world = await FeedWorld.open()
      for (const { session, namespace } of KEYS) await world.born(session, PLACE, namespace)
      const crowd = new Crowd(world)
      for (const next of steps) await crowd.take(next)
      await crowd.settle()
      expect(crowd.wrong).toEqual([])
      for (const { told, made } of crowd.clients)
        expect(told.filter((version) => made.has(version))).toEqual([])
      for (const client of crowd.here) {
        const { metadata, metadataVersion } = await crowd.recordOf(client.key)
        expect([client.version, client.document]).toEqual([metadataVersion, metadata])
        expect(await missing(world, client)).toEqual([])
      }
      expect(world.log.lines).toEqual([])
    }),
    { numRuns: 200 },
  )
})
