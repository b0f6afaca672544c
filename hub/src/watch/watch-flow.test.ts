import { expect, describe, test } from 'vitest'
import { changed } from '../socket/contract/changed-store.ts'
import { PLACE } from '../socket/contract/socket-world.ts'
import { until } from '../socket/contract/test-client.ts'
import { ACTOR } from '../store/contract/test-store.ts'
import type { SessionKey, Store } from '../store/store.ts'
import type { Told } from './contract/watch-client.ts'
import { openWatchWorld, snapshotOf } from './contract/watch-world.ts'

async function patch(store: Store, key: SessionKey, fields: object): Promise<void> {
  const answer = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: fields })
  if (answer.kind !== 'written') throw new Error(`It was not written: ${JSON.stringify(answer)}`)
}

/** Messages that arrived and are not taken in until they are let through. */
class Held {
  readonly told: Told[] = []
  #take: ((told: Told) => void)[] = []

  readonly way = (told: Told, take: (told: Told) => void): void => {
    this.told.push(told)
    this.#take.push(take)
  }

  next(): void {
    const at = this.told.length - this.#take.length
    const [told, take] = [this.told[at], this.#take.shift()]
    if (told !== undefined) take?.(told)
  }
}

function countsOf(held: Held): number[] {
  return held.told.map(({ payload }) => (payload as { changes: unknown[] }).changes.length)
}

describe('as fast as its client takes it in', () => {
  test('[FE2] one page is under way, and the next one comes after its ack', async () => {
    await using all = await openWatchWorld({ watch: { pageChanges: 2 } })
    const { store, born } = all.world
    const key = await born()
    for (const a of [1, 2, 3]) await patch(store, key, { a })
    const held = new Held()
    const slow = all.watcher({ way: held.way })
    const healthy = all.watcher()
    await slow.watch()
    await healthy.watch()
    await patch(store, key, { a: 4 })
    await until('the healthy one has it all', () => healthy.seq === 5)
    // An answer comes after everything that was sent before it.
    await slow.ask('watch', {})
    expect(countsOf(held)).toEqual([2])
    held.next()
    await until('the second page comes', () => held.told.length === 2)
    await slow.ask('watch', {})
    expect(countsOf(held)).toEqual([2, 2])
    held.next()
    await until('the third page comes', () => held.told.length === 3)
    held.next()
    await until('it has it all', () => slow.seq === 5)
    expect(slow.seqs).toEqual([1, 2, 3, 4, 5])
  })

  test('[FE2] what is committed while a page is under way comes in one page', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const held = new Held()
    const watcher = all.watcher({ way: held.way })
    await watcher.watch()
    await until('it is told of the making', () => held.told.length === 1)
    for (let a = 0; a < 50; a += 1) await patch(store, key, { a })
    held.next()
    await until('the rest comes', () => held.told.length === 2)
    expect(countsOf(held)).toEqual([1, 50])
  })

  test('[FE2] a page is bounded in bytes, and loses nothing by it', async () => {
    const pageBytes = 64 * 1024
    await using all = await openWatchWorld({ watch: { pageBytes } })
    const { store, born } = all.world
    const key = await born()
    for (let at = 0; at < 20; at += 1) await patch(store, key, { [`f${at}`]: `${at} `.repeat(5000) })
    const watcher = all.watcher()
    await watcher.watch()
    await until('it has it all', () => watcher.seq === 21)
    await patch(store, key, { last: true })
    await until('it has the next one', () => watcher.seq === 22)
    const told = watcher.messages.flatMap(
      ({ payload }) => (payload as { changes: { seq: number }[] }).changes,
    )
    expect(told.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, at) => at + 1))
    expect(watcher.sessions).toEqual(await snapshotOf(store))
    const sizes = watcher.messages.map(({ payload }) => JSON.stringify(payload).length)
    expect(sizes.filter((size) => size > pageBytes + 8 * 1024)).toEqual([])
    expect(sizes.length).toBeGreaterThan(3)
  })

  test('[FE2] a change that is larger than a page names the fields to be read', async () => {
    const pageBytes = 64 * 1024
    await using all = await openWatchWorld({ watch: { pageBytes } })
    const { store, born } = all.world
    const key = await born()
    await patch(store, key, { small: 1, large: 'l'.repeat(100_000), other: 'o'.repeat(60_000) })
    const watcher = all.watcher()
    await watcher.watch()
    await until('it has it all', () => watcher.sessions.get(key.session)?.metadata['large'] !== undefined)
    expect(watcher.sessions).toEqual(await snapshotOf(store))
    const payloads = watcher.messages.map(
      ({ payload }) => payload as { changes: { unavailable?: string[] }[] },
    )
    const unavailable = payloads.flatMap(({ changes }) =>
      changes.flatMap((change) => change.unavailable ?? []),
    )
    expect(unavailable).toEqual(['large'])
    expect(JSON.stringify(payloads).length).toBeLessThan(pageBytes + 8 * 1024)
  })

  test('[FE2] one that takes nothing in is cut, comes back where it was, and nobody else notices', async () => {
    await using all = await openWatchWorld({ watch: { ackMs: 50 } })
    const { store, born } = all.world
    const key = await born()
    let isDeaf = true
    const slow = all.watcher({ way: (told, take) => (isDeaf ? undefined : take(told)) })
    const healthy = all.watcher()
    await slow.watch()
    await healthy.watch()
    await until('the slow one is cut', () => !slow.isConnected)
    await patch(store, key, { a: 1 })
    await until('the healthy one has it all', () => healthy.seq === 2)
    expect([healthy.isConnected, healthy.connections]).toEqual([true, 1])
    isDeaf = false
    await slow.watch()
    await until('the slow one has it all', () => slow.seq === 2)
    expect(slow.seqs).toEqual([1, 2])
  })

  test('[FE2] watchers at the same place share what is read for them', async () => {
    let pagesThatBring = 0
    await using all = await openWatchWorld({
      store: (store) =>
        changed(store, {
          async readFeed(request) {
            const page = await store.readFeed(request)
            if (request.limit > 1 && page.kind !== 'too_far_behind' && page.changes.length > 0)
              pagesThatBring += 1
            return page
          },
        }),
    })
    const { store, born } = all.world
    const key = await born()
    const watchers = Array.from({ length: 40 }, () => all.watcher())
    for (const watcher of watchers) await watcher.watch()
    await until('they have it', () => watchers.every(({ seq }) => seq === 1))
    const before = pagesThatBring
    await patch(store, key, { a: 1 })
    await until('they have the next', () => watchers.every(({ seq }) => seq === 2))
    // One may come a moment before the others.
    expect(pagesThatBring - before).toBeLessThanOrEqual(2)
  })
})

describe('what is live', () => {
  test('[WI6] after its request a watcher is told of what is active, and then of each change', async () => {
    await using all = await openWatchWorld()
    const { world } = all
    const [here, quiet] = [await world.born(), await world.born()]
    const agent = await world.connect({ sessionId: here.session })
    agent.tell('session-alive', { sid: here.session, time: 1, thinking: false })
    await until('it has a run', () => world.runs.live.counts.implicit === 1)
    const watcher = all.watcher()
    await watcher.watch()
    await until('it is told', () => watcher.facts.length === 1)
    const { time } = world.clock
    const alive = { active: true, activeAt: time, thinking: false, thinkingAt: null }
    const [live] = world.runs.live.inSession(here)
    const run = {
      runId: live?.id,
      kind: 'implicit',
      state: 'running',
      since: time,
      contended: false,
      machineId: null,
    }
    expect(watcher.facts).toEqual([[{ sid: here.session, liveness: alive, run }]])
    agent.tell('session-alive', { sid: here.session, time: 2, thinking: true })
    await until('it is told that it thinks', () => watcher.facts.length === 2)
    expect(watcher.facts[1]).toEqual([
      { sid: here.session, liveness: { ...alive, thinking: true, thinkingAt: time }, run },
    ])
    agent[Symbol.dispose]()
    await until('it is told that it is gone', () => watcher.facts.length === 3)
    expect(watcher.facts[2]).toMatchObject([{ liveness: { active: false, thinking: false } }])
    expect(JSON.stringify(watcher.facts)).not.toContain(quiet.session)
  })

  test('[WI6] changes that come together are one message with the newest state, about each session once', async () => {
    const waiting: (() => void)[] = []
    await using all = await openWatchWorld({
      later: () => new Promise((resolve) => void waiting.push(resolve)),
    })
    const { presence, born } = all.world
    const [one, two] = [await born(), await born()]
    const watcher = all.watcher()
    await watcher.watch({})
    for (const thinking of [true, false, true, false]) presence.sessionAlive(one, 'c', { thinking })
    presence.sessionAlive(two, 'c', { thinking: true })
    await watcher.ask('watch', {})
    expect([watcher.facts, waiting.length]).toEqual([[], 1])
    waiting[0]?.()
    await until('it is told', () => watcher.facts.length > 0)
    await watcher.ask('watch', {})
    expect(watcher.facts).toMatchObject([
      [
        { sid: one.session, liveness: { active: true, thinking: false } },
        { sid: two.session, liveness: { active: true, thinking: true } },
      ],
    ])
  })

  test('[FE2] [WI6] facts wait for the ack of those before, and then are the newest', async () => {
    await using all = await openWatchWorld()
    const { presence, born } = all.world
    const key = await born()
    presence.sessionAlive(key, 'c', { thinking: false })
    const held = new Held()
    const watcher = all.watcher({ way: held.way })
    await watcher.watch({})
    await until('the first come', () => held.told.length === 1)
    for (const thinking of [true, false, true]) {
      presence.sessionAlive(key, 'c', { thinking })
      await watcher.ask('watch', {})
    }
    expect(held.told.length).toBe(1)
    held.next()
    await until('the next come', () => held.told.length === 2)
    expect(held.told[1]?.payload).toMatchObject([{ sid: key.session, liveness: { thinking: true } }])
  })

  test('[SE2] nobody is told what is live in another namespace', async () => {
    await using all = await openWatchWorld()
    const { presence, born } = all.world
    const mine = await born()
    const theirs = await born(PLACE, { namespace: 'other', id: mine.session })
    presence.sessionAlive(theirs, 'c', { thinking: true })
    const watcher = all.watcher()
    await watcher.watch({})
    presence.sessionAlive(theirs, 'c', { thinking: false })
    presence.sessionAlive(mine, 'c', { thinking: true })
    await until('it is told', () => watcher.facts.length > 0)
    await watcher.ask('watch', {})
    expect(watcher.facts).toMatchObject([[{ sid: mine.session, liveness: { thinking: true } }]])
  })
})
