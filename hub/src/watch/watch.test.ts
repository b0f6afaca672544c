import { TOKEN_FIELDS } from '@holdfast/shared/agents/registry'
import { describe, expect, test } from 'vitest'
import { changed, failing } from '../socket/contract/changed-store.ts'
import { PLACE } from '../socket/contract/socket-world.ts'
import { until } from '../socket/contract/test-client.ts'
import { ACTOR } from '../store/contract/test-store.ts'
import type { SessionKey, Store } from '../store/store.ts'
import { openWatchWorld, snapshotOf } from './contract/watch-world.ts'
import type { WatchClient } from './contract/watch-client.ts'

const TOKEN = '7f0c8c1e-6f2a-4c52-9a55-0d9b7c6d1a11'

async function patch(store: Store, key: SessionKey, fields: object, more: object = {}): Promise<void> {
  const answer = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: fields, ...more })
  if (answer.kind !== 'written') throw new Error(`It was not written: ${JSON.stringify(answer)}`)
}

async function converges(watcher: WatchClient, store: Store): Promise<void> {
  const stored = await snapshotOf(store)
  const isSame = (): boolean =>
    [...stored].every(([id, { version }]) => watcher.sessions.get(id)?.version === version)
  await until('the watcher has every version', isSame)
  expect(watcher.sessions).toEqual(stored)
}

describe('catching up and going on live', () => {
  test('[FE1] [WI6] a watcher is told of everything since the beginning, then of what comes', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born({ ...PLACE, a: 1, b: 2 })
    await patch(store, key, { a: 3, b: null }, { reason: 'tidying' })
    const watcher = all.watcher()
    const answer = await watcher.watch()
    expect(answer).toEqual({ result: 'success', epoch: store.epoch, head: 2, floor: 0 })
    await patch(store, key, { a: 4 })
    await converges(watcher, store)
    expect(watcher.seqs).toEqual([1, 2, 3])
    expect((watcher.messages[0]?.payload as { changes: object[] } | undefined)?.changes[1]).toEqual({
      seq: 2,
      sid: key.session,
      version: 2,
      set: { a: 3 },
      removed: ['b'],
      actor: ACTOR,
      at: all.world.clock.time,
      reason: 'tidying',
    })
  })

  test('[FE1] one that says nothing is told of what comes from here on', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    expect(await watcher.watch({})).toMatchObject({ result: 'success', head: 1 })
    watcher.seq = 1
    await patch(store, key, { a: 1 })
    await until('it is told', () => watcher.seqs.length > 0)
    expect(watcher.seqs).toEqual([2])
  })

  test('[FE1] one that was away is told of what it missed, and of nothing twice', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch()
    await converges(watcher, store)
    watcher.disconnect()
    for (const a of [1, 2, 3]) await patch(store, key, { a })
    await watcher.watch()
    await patch(store, key, { a: 4 })
    await converges(watcher, store)
    expect(watcher.seqs).toEqual([1, 2, 3, 4, 5])
    const told = watcher.messages.flatMap(
      ({ payload }) => (payload as { changes: { seq: number }[] }).changes,
    )
    expect(told.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5])
  })

  test('[WI6] a second request on the same connection changes nothing', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch()
    await watcher.ask('watch', { since: 0 })
    expect(await watcher.ask('watch', {})).toMatchObject({ result: 'success' })
    await patch(store, key, { a: 1 })
    await converges(watcher, store)
    const told = watcher.messages.flatMap(
      ({ payload }) => (payload as { changes: { seq: number }[] }).changes,
    )
    expect(told.map(({ seq }) => seq)).toEqual([1, 2])
  })

  test('[FE1] a feed that can not be read for a while is read on after it', async () => {
    let isBusy = false
    await using all = await openWatchWorld({
      store: (store) =>
        changed(store, {
          readFeed: (request) => (isBusy ? failing('storage_busy')() : store.readFeed(request)),
        }),
      later: () => new Promise((resolve) => setImmediate(resolve)),
    })
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch()
    await converges(watcher, store)
    isBusy = true
    await patch(store, key, { a: 1 })
    expect(await watcher.ask('watch', {})).toMatchObject({ result: 'error', code: 'storage_busy' })
    isBusy = false
    await converges(watcher, store)
  })
})

describe('what can not be told', () => {
  test('[FE1] a cursor of another epoch is told so, and goes on from the head', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch({ since: 1, epoch: 'of-another-file' })
    await patch(store, key, { a: 1 })
    await converges(watcher, store)
    expect(watcher.resyncs).toEqual([{ because: 'epoch', epoch: store.epoch, floor: 0, head: 1 }])
    expect(watcher.seqs).toEqual([2])
  })

  test('[FE1] so is one ahead of the head', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch({ since: 2, epoch: store.epoch })
    await until('it is told', () => watcher.resyncs.length > 0)
    await patch(store, key, { a: 1 })
    await converges(watcher, store)
    expect(watcher.resyncs).toEqual([{ because: 'ahead', epoch: store.epoch, floor: 0, head: 1 }])
  })

  test('[FE1] so is one below what is pruned, and a whole range is never shortened', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born()
    const watcher = all.watcher()
    await watcher.watch()
    await converges(watcher, store)
    watcher.disconnect()
    for (let a = 0; a < 10; a += 1) await patch(store, key, { a })
    await store.prune({ namespace: 'default', keepEntries: 3, keepBytes: 1e9, limit: 100 })
    await watcher.watch()
    await converges(watcher, store)
    expect(watcher.resyncs).toEqual([{ because: 'pruned', epoch: store.epoch, floor: 8, head: 11 }])
    const atTheFloor = all.watcher()
    atTheFloor.seq = 8
    await atTheFloor.watch({ since: 8, epoch: store.epoch })
    await until('it has the rest', () => atTheFloor.messages.length > 0)
    expect(atTheFloor.messages[0]?.payload).toMatchObject({ changes: [{ seq: 9 }, { seq: 10 }, { seq: 11 }] })
  })

  test('[FE1] so is one that meets an entry which can not be read', async () => {
    let isDamaged = true
    await using all = await openWatchWorld({
      store: (store) =>
        changed(store, {
          readFeed: (request) =>
            isDamaged && request.after === 0 ? failing('database_damaged')() : store.readFeed(request),
        }),
    })
    const { store, born } = all.world
    await born()
    const watcher = all.watcher()
    await watcher.watch()
    await converges(watcher, store)
    isDamaged = false
    expect(watcher.resyncs).toMatchObject([{ because: 'damaged', head: 1 }])
  })
})

describe('who is told what', () => {
  test('[RV10] [SE4] resume tokens are told by their first characters, to every role', async () => {
    await using all = await openWatchWorld()
    const { store, born, device } = all.world
    const fields = [...TOKEN_FIELDS, 'codexSourceSessionId', 'futureSessionId']
    const tokens = Object.fromEntries(fields.map((field) => [field, `${field.slice(0, 4)}-${TOKEN}`]))
    const key = await born({ ...PLACE, ...tokens, hint: `agent --resume ${tokens['claudeSessionId']}` })
    await patch(
      store,
      key,
      { claudeSessionId: `again-${TOKEN}` },
      { reason: `not ${tokens['claudeSessionId']}` },
    )
    await patch(store, key, { note: `was ${tokens['claudeSessionId']}` })
    for (const token of [undefined, (await device('agent')).token, (await device('viewer')).token]) {
      const watcher = all.watcher(token === undefined ? {} : { token })
      await watcher.watch()
      await converges(watcher, store)
      expect(JSON.stringify(watcher.messages.map(({ payload }) => payload))).not.toContain(TOKEN.slice(4))
      const { metadata } = watcher.sessions.get(key.session) ?? {}
      expect(metadata).toMatchObject({
        ...PLACE,
        codexSessionId: 'code-7f0…',
        hint: 'agent --resume clau-7f0…',
        note: 'was clau-7f0…',
      })
    }
  })

  test('[RV10] [SE4] a token that is repeated later is told by its first characters, also a token of before', async () => {
    await using all = await openWatchWorld()
    const { store, born, device } = all.world
    const [earlier, present] = [`one-${TOKEN}`, `two-${TOKEN}`]
    const key = await born({ ...PLACE, claudeSessionId: earlier })
    const watcher = all.watcher({ token: (await device('viewer')).token })
    await watcher.watch()
    await converges(watcher, store)
    await patch(store, key, { claudeSessionId: present })
    for (const token of [earlier, present]) {
      await patch(store, key, { name: `on ${token}` }, { reason: `from ${token}` })
      await converges(watcher, store)
    }
    const told = JSON.stringify(watcher.messages.map(({ payload }) => payload))
    expect(told).not.toContain(TOKEN)
    for (const start of ['one-7f0c…', 'two-7f0c…'])
      expect([told.includes(`"on ${start}"`), told.includes(`"from ${start}"`)]).toEqual([true, true])
  })

  test('[RV10] [SE4] a reason that repeats a token is masked where all else is too short for one', async () => {
    await using all = await openWatchWorld()
    const { store, born } = all.world
    const key = await born({ ...PLACE, claudeSessionId: TOKEN })
    const watcher = all.watcher()
    await watcher.watch()
    await converges(watcher, store)
    await patch(store, key, { a: 1 }, { reason: `from ${TOKEN}` })
    await converges(watcher, store)
    const { changes = [] } = (watcher.messages.at(-1)?.payload ?? {}) as { changes?: object[] }
    expect(changes.at(-1)).toMatchObject({ set: { a: 1 }, reason: 'from 7f0c8c1e…' })
  })

  test('[SE2] nobody is told of another namespace', async () => {
    const read = new Set<string>()
    await using all = await openWatchWorld({
      store: (store) =>
        changed(store, {
          readFeed: (request) => {
            read.add(request.namespace)
            return store.readFeed(request)
          },
        }),
    })
    const { store, born, device } = all.world
    const mine = await born()
    const watcher = all.watcher({ token: (await device('viewer')).token })
    await watcher.watch()
    await converges(watcher, store)
    const theirs = await born(PLACE, { namespace: 'other', id: mine.session })
    await patch(store, theirs, { secret: 'theirs' })
    await patch(store, mine, { a: 1 })
    await converges(watcher, store)
    expect(JSON.stringify(watcher.messages.map(({ payload }) => payload))).not.toContain('theirs')
    expect([...read]).toEqual(['default'])
  })

  test('[SE2] [SE3] nobody watches without a token that is known', async () => {
    await using all = await openWatchWorld()
    for (const auth of [{}, { token: 'not-the-root-token-of-this' }, { token: 17 }]) {
      const refusal = await all.world.knock(auth, '/watch').refusal()
      expect(refusal?.data).toEqual({ code: 'unauthorized' })
    }
  })

  test('[WI5] [WI6] a browser watches with its login, and one whose login is not good does not', async () => {
    await using all = await openWatchWorld()
    const { store, born, logins } = all.world
    await born()
    const { value } = logins.cookieFor({ namespace: 'default', role: 'admin', device: null })
    const browser = all.watcher({ token: null, cookie: `holdfast_login=${value}` })
    await browser.watch()
    await converges(browser, store)
    const stranger = all.watcher({ token: null, cookie: `holdfast_login=${value.slice(0, -2)}AA` })
    await expect(stranger.watch()).rejects.toThrow('token')
  })

  test('[SE1] the watch of a device ends when its token is taken back', async () => {
    await using all = await openWatchWorld()
    const { device, devices } = all.world
    const { device: viewer, token } = await device('viewer')
    const watcher = all.watcher({ token })
    await watcher.watch()
    await devices.revoke({ namespace: 'default', role: 'admin', device: null }, viewer.id)
    await until('it is sent away', () => !watcher.isConnected)
    expect(watcher.isConnected).toBe(false)
  })

  test.each<[string, readonly unknown[], object]>([
    ['a since that is text', [{ since: 'abc', epoch: 'e' }], { code: 'invalid_request', field: 'since' }],
    ['a since below zero', [{ since: -1, epoch: 'e' }], { code: 'invalid_request', field: 'since' }],
    ['half a since', [{ since: 1.5, epoch: 'e' }], { code: 'invalid_request', field: 'since' }],
    ['a since without its epoch', [{ since: 1 }], { code: 'invalid_request', field: 'epoch' }],
    ['an epoch alone', [{ epoch: 'e' }], { code: 'invalid_request', field: 'since' }],
    ['a session to watch', [{ sid: '*' }], { code: 'invalid_request', field: 'sid' }],
    ['nothing', [], { code: 'invalid_request' }],
    ['two arguments', [{}, {}], { code: 'invalid_request' }],
  ])('[SE5] [WI1] %s is refused with a reason, and may be sent right after it', async (_, sent, refusal) => {
    await using all = await openWatchWorld()
    const watcher = all.watcher()
    await watcher.watch({ since: 'no' })
    expect(await watcher.ask('watch', ...sent)).toMatchObject({ result: 'error', ...refusal })
    expect(await watcher.ask('watch', {})).toMatchObject({ result: 'success' })
  })

  test('[SE5] whoever asks again and again is told that it is too often', async () => {
    await using all = await openWatchWorld({ watch: { asks: { burst: 3, perSecond: 1 } } })
    const watcher = all.watcher()
    const answers = [await watcher.watch({})]
    for (let more = 0; more < 3; more += 1)
      answers.push((await watcher.ask('watch', {})) as (typeof answers)[0])
    expect(answers.map((answer) => ('code' in answer ? answer.code : answer.result))).toEqual([
      'success',
      'success',
      'success',
      'rate_limited',
    ])
  })
})
