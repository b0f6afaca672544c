import { canonicalJson } from '@holdfast/shared/metadata/json'
import { must } from '@holdfast/shared/errors/assert'
import { expect, test } from 'vitest'
import { until } from '../socket/contract/test-client.ts'
import { ACTOR } from '../store/contract/test-store.ts'
import type { SessionKey } from '../store/store.ts'
import { FaultyWay } from './contract/faulty-way.ts'
import type { Folded, Told, WatchClient } from './contract/watch-client.ts'
import { openWatchWorld, snapshotOf, type WatchWorld } from './contract/watch-world.ts'

const WATCHERS = 100
const PATCHES = 5000
const SESSIONS = 25
const AT_ONCE = 20
/** Of so many versions of a session, one is compared between all that fold it. */
const COMPARED = 8

/** The same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Watchers that meet every kind of trouble, and what they say of the versions that they fold. */
class Crowd {
  readonly watchers: WatchClient[] = []
  readonly ways: FaultyWay[] = []
  /** Versions that two of them saw with other values. */
  readonly differing: string[] = []
  readonly #seen = new Map<string, string>()
  #isOver = false

  constructor(all: WatchWorld) {
    const folded = (session: string, of: Folded) => this.#compare(session, of)
    for (let at = 0; at < WATCHERS; at += 1) {
      const way = new FaultyWay({ random: numbers(at), rate: 0.05, disconnect: () => watcher.disconnect() })
      const pass = (told: Told, take: (told: Told) => void) => way.pass(told, take)
      const watcher: WatchClient = all.watcher({ folded, way: pass, checkedOneOf: 16 })
      this.watchers.push(watcher)
      this.ways.push(way)
    }
  }

  /** Until it is over, whoever is not connected comes back. */
  async keepConnected(): Promise<void> {
    await Promise.all(this.watchers.map((watcher) => this.#keepConnected(watcher)))
  }

  /** From here on nothing happens to messages. */
  calm(): void {
    for (const way of this.ways) way.isFaulty = false
  }

  /** Waits until everybody has everything; gives how many of them have it wrong. */
  async wrongAtTheHead(all: WatchWorld): Promise<number> {
    const head = await headOf(all)
    while (!this.watchers.every(({ seq }) => seq === head)) await pause()
    this.#isOver = true
    const stored = await snapshotOf(all.world.store)
    return this.watchers.filter((watcher) => !isSame(watcher.sessions, stored)).length
  }

  get troubles(): number {
    return this.ways.reduce((sum, { counts }) => sum + [...counts.values()].reduce((a, b) => a + b, 0), 0)
  }

  async #keepConnected(watcher: WatchClient): Promise<void> {
    while (!this.#isOver) {
      if (!watcher.isConnected) await comeBack(watcher)
      await pause()
    }
  }

  #compare(session: string, { version, metadata }: Folded): void {
    if (version % COMPARED !== 0) return
    const name = `${session} ${version}`
    const here = canonicalJson(metadata)
    const before = this.#seen.get(name) ?? here
    this.#seen.set(name, before)
    if (before !== here) this.differing.push(name)
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}

async function comeBack(watcher: WatchClient): Promise<void> {
  try {
    await watcher.watch()
  } catch (error) {
    // Its connection was cut while it asked: it asks again.
    if (watcher.isConnected) throw error
  }
}

function isSame(one: ReadonlyMap<string, Folded>, other: ReadonlyMap<string, Folded>): boolean {
  return one.size === other.size && [...one].every(([id, folded]) => text(folded) === text(other.get(id)))
}

function text(folded: Folded | undefined): string | null {
  return folded === undefined ? null : `${folded.version} ${canonicalJson(folded.metadata)}`
}

async function patchOften(
  all: WatchWorld,
  keys: readonly SessionKey[],
  random: () => number,
  patches: number = PATCHES,
) {
  for (let done = 0; done < patches; done += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, at) => {
      const key = must(keys[Math.floor(random() * keys.length)], 'there are sessions')
      const field = `f${Math.floor(random() * 8)}`
      const value = random() < 0.2 ? null : `${done + at}`
      return all.world.store.patchSessionMetadata({
        ...key,
        actor: ACTOR,
        patch: { n: done + at, [field]: value },
      })
    })
    await Promise.all(some)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function headOf({ world: { store } }: WatchWorld): Promise<number> {
  return (await store.readFeed({ namespace: 'default', after: Number.MAX_SAFE_INTEGER, limit: 1 })).head
}

test('[FE1] [FE2] [VE9] a hundred watchers in every kind of trouble end with what is stored', async () => {
  await using all = await openWatchWorld({ watch: { ackMs: 1000 } })
  const keys = await Promise.all(Array.from({ length: SESSIONS }, () => all.world.born()))
  const crowd = new Crowd(all)
  const connected = crowd.keepConnected()
  await patchOften(all, keys, numbers(17))
  crowd.calm()
  // What was lost last is seen with what comes after it.
  await patchOften(all, keys.slice(0, 1), numbers(18), AT_ONCE)
  expect(await crowd.wrongAtTheHead(all)).toBe(0)
  await connected
  expect(crowd.differing).toEqual([])
  expect(crowd.watchers.reduce((sum, { gaps }) => sum + gaps, 0)).toBeGreaterThan(0)
  expect(crowd.troubles).toBeGreaterThan(100)
}, 120_000)

test('[FE1] pruning under watchers that are away makes them start anew, and never a hole', async () => {
  await using all = await openWatchWorld({ watch: { ackMs: 1000 } })
  const { store, born } = all.world
  const keys = await Promise.all(Array.from({ length: 5 }, () => born()))
  const random = numbers(5)
  const watchers = Array.from({ length: 50 }, () => all.watcher())
  for (let round = 0; round < 6; round += 1) {
    for (const watcher of watchers) if (random() < 0.7) await watcher.watch()
    for (let n = 0; n < 40; n += 1) {
      const key = must(keys[n % keys.length], 'there are sessions')
      await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { [`f${n % 7}`]: round * 100 + n } })
    }
    for (const watcher of watchers) if (random() < 0.6) watcher.disconnect()
    await store.prune({ namespace: 'default', keepEntries: 60, keepBytes: 1e9, limit: 1000 })
  }
  for (const watcher of watchers) await watcher.watch()
  const head = await headOf(all)
  await until('everybody is at the head', () => watchers.every(({ seq }) => seq === head))
  const stored = await snapshotOf(store)
  await until('the snapshots are read', () => watchers.every(({ sessions }) => isSame(sessions, stored)))
  expect(watchers.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
  expect(watchers.filter(({ resyncs }) => resyncs.length > 0).length).toBeGreaterThan(5)
}, 120_000)
