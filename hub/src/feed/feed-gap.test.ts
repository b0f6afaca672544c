import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { describe, expect, test } from 'vitest'
import { loadDriver, type SqliteDriver } from '../store/sqlite/driver.ts'
import { Workshop } from '../store/sqlite/contract/workshop.ts'
import type { SessionKey, Store } from '../store/store.ts'
import { born, FeedWorld, PLACE } from './contract/feed-world.ts'
import { sourceOf } from './contract/source-of.ts'
import type { FeedSource } from './feed-source.ts'
import { patchesRoom, wholeRoom, type RoomMessage } from './rooms.ts'

const S: SessionKey = { namespace: 'default', session: 's' }

/** What was told, each as the event, its version and the value of one field. */
function telling(told: readonly RoomMessage[]): unknown[][] {
  return told.map(({ event, payload }) => {
    const { version, set, body } = payload as {
      version?: number
      set?: { n?: number }
      body?: { metadata: { version: number; value: { n?: number } } }
    }
    return [event, version ?? body?.metadata.version, set?.n ?? body?.metadata.value.n]
  })
}

function failing(): Promise<never> {
  return Promise.reject(new HoldfastError('storage_busy', 'The store is busy.'))
}

function mistakenAfter(seq: number) {
  const mistake = new HoldfastError('internal', 'A fault of its own.')
  return (store: Store): FeedSource =>
    sourceOf(store, {
      readFeed: (request) => (request.after === seq ? Promise.reject(mistake) : store.readFeed(request)),
    })
}

/** A store whose feed can be read only while the gate is open. */
class Gate {
  #open: Promise<void> = Promise.resolve()
  #opening: () => void = () => undefined

  close(): void {
    this.#open = new Promise((resolve) => {
      this.#opening = resolve
    })
  }

  open(): void {
    this.#opening()
  }

  readonly source = (store: Store) =>
    sourceOf(store, {
      readFeed: async (request) => {
        await this.#open
        return store.readFeed(request)
      },
    })
}

describe('what can not be told change by change', () => {
  test('[FE1] it was pruned: everybody is told the whole value, and then the changes that follow', async () => {
    const gate = new Gate()
    await using world = await FeedWorld.open({ source: gate.source })
    await world.born('s')
    await world.born('s2', PLACE, 'other')
    const told = [world.listen(patchesRoom(S)), world.listen(wholeRoom(S))]
    const other = world.listen(wholeRoom({ namespace: 'other', session: 's2' }))
    gate.close()
    for (let n = 1; n <= 9; n += 1) await world.patch(S, { n })
    await world.store.prune({ namespace: 'default', keepEntries: 2, keepBytes: 1e9, limit: 100 })
    gate.open()
    await world.until(() => told.every(({ length }) => length === 1))
    await world.patch(S, { n: 10 })
    await world.settled()
    expect(told.map(telling)).toEqual([
      [
        ['update', 10, 9],
        ['session-patched', 11, 10],
      ],
      [
        ['update', 10, 9],
        ['update', 11, 10],
      ],
    ])
    expect(other).toEqual([])
    expect(world.log.lines).toMatchObject([{ level: 'warn', facts: { because: 'pruned', head: 10 } }])
  })

  test('[FE1] whoever takes changes is told the whole value as it is stored', async () => {
    const gate = new Gate()
    await using world = await FeedWorld.open({ source: gate.source })
    await world.born('s', { path: '/p' })
    const [patches, whole] = [world.listen(patchesRoom(S)), world.listen(wholeRoom(S))]
    gate.close()
    for (let n = 1; n <= 9; n += 1) await world.patch(S, { n })
    await world.store.prune({ namespace: 'default', keepEntries: 2, keepBytes: 1e9, limit: 100 })
    gate.open()
    await world.settled()
    const metadata = { version: 10, value: { path: '/p', n: 9 } }
    const body = { t: 'update-session', sid: 's', metadata, agentState: null }
    expect([patches, whole]).toMatchObject([[{ event: 'update', payload: { body } }], []])
  })

  test('[FE1] the store meets a mistake of its own at an entry: the whole value stands for it', async () => {
    await using world = await FeedWorld.open({ source: mistakenAfter(1) })
    await world.born('s')
    const told = world.listen(patchesRoom(S))
    for (const n of [1, 2]) {
      await world.patch(S, { n })
      await world.until(() => told.length === n)
    }
    expect(telling(told)).toEqual([
      ['update', 2, 1],
      ['session-patched', 3, 2],
    ])
    expect(world.log.lines.map(({ level }) => level)).toEqual(['error', 'warn'])
  })

  test('[FE1] where the feed was at the start is not known: the first commit tells everybody anew', async () => {
    await using world = await FeedWorld.open({
      before: (store) => born(store, 's'),
      source: (store) => sourceOf(store, { namespaces: failing }),
    })
    const told = world.listen(patchesRoom(S))
    await world.patch(S, { n: 1 })
    await world.patch(S, { n: 2 })
    await world.settled()
    expect(telling(told)).toEqual([
      ['update', 2, 1],
      ['session-patched', 3, 2],
    ])
    expect(world.log.lines.map(({ level }) => level)).toEqual(['error', 'warn'])
  })
})

/** A world in a file, and another program's connection to that file. */
class DamagedWorld implements AsyncDisposable {
  readonly workshop: Workshop
  readonly world: FeedWorld
  readonly driver: SqliteDriver

  static async open(): Promise<DamagedWorld> {
    const workshop = new Workshop()
    const world = await FeedWorld.open({ path: workshop.database })
    const open = await loadDriver()
    return new DamagedWorld(workshop, world, open(workshop.database))
  }

  constructor(workshop: Workshop, world: FeedWorld, driver: SqliteDriver) {
    this.workshop = workshop
    this.world = world
    this.driver = driver
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.driver.close()
    await this.world[Symbol.asyncDispose]()
    await this.workshop.remove()
  }
}

const SECOND = ['session-patched', 2, 1]

test.each<[string, string, unknown[]]>([
  ['does not parse', `update journal set changes = '{' where seq = 3`, [SECOND]],
  ['is missing', 'delete from journal where seq = 3', []],
])('[FE1] an entry %s: the whole value stands for what can not be read', async (_, sql, patches) => {
  await using damaged = await DamagedWorld.open()
  const { world, driver } = damaged
  await world.born('s')
  const told = [world.listen(patchesRoom(S)), world.listen(wholeRoom(S))]
  await Promise.all([1, 2, 3].map((n) => world.patch(S, { n })))
  // The look at that commit comes in the next turn.
  driver.exec(sql)
  const isTold = (version: number) => told.every((own) => telling(own).some(([, at]) => at === version))
  await world.until(() => isTold(4))
  await world.patch(S, { n: 4 })
  await world.until(() => isTold(5))
  expect(told.map(telling)).toEqual([
    [...patches, ['update', 4, 3], ['session-patched', 5, 4]],
    [
      ['update', 4, 3],
      ['update', 5, 4],
    ],
  ])
  expect(world.log.lines.at(-1)).toMatchObject({ level: 'warn', facts: { because: 'damaged' } })
})
