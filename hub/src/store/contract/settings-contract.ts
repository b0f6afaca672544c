import { LIMITS } from '@holdfast/shared/metadata/limits'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  NAMESPACE,
  patched,
  read,
  TestClock,
  type OpenStore,
} from './test-store.ts'

const EVERY: SessionSettings = {
  model: 'opus',
  modelReasoningEffort: 'high',
  effort: null,
  serviceTier: 'flex',
  permissionMode: 'plan',
  collaborationMode: 'default',
  copilotAgentMode: 'fleet',
}

function say(store: Store, key: SessionKey, settings: unknown): Promise<object> {
  return store.updateSettings({ ...key, settings: settings as SessionSettings })
}

async function settingsIn(store: Store, key: SessionKey): Promise<SessionSettings> {
  return (await read(store, key)).settings
}

export function settingsContract(name: string, open: OpenStore): void {
  describe(`${name}: settings`, () => {
    test('[CO12] what was never said is not there', async () => {
      await using store = await open()
      const key = await born(store, {})
      expect(Object.keys(await settingsIn(store, key))).toEqual([])
    })

    test('[CO12] every one that is said is stored, null too', async () => {
      await using store = await open()
      const key = await born(store, {})
      expect(await say(store, key, EVERY)).toEqual({ changed: true })
      expect(await settingsIn(store, key)).toEqual(EVERY)
    })

    test('[CO12] what is said is taken over, and the rest stays', async () => {
      await using store = await open()
      const key = await born(store, {})
      await say(store, key, EVERY)
      expect(await say(store, key, { model: null, effort: 'low', serviceTier: undefined })).toEqual({
        changed: true,
      })
      expect(await settingsIn(store, key)).toEqual({ ...EVERY, model: null, effort: 'low' })
    })

    test('[CO12] null says something where nothing was said before', async () => {
      await using store = await open()
      const key = await born(store, {})
      expect(await say(store, key, { model: null })).toEqual({ changed: true })
      expect(await settingsIn(store, key)).toEqual({ model: null })
    })

    test('[ME10] what is said again, or says nothing, changes nothing', async () => {
      await using store = await open()
      const key = await born(store, {})
      for (const settings of [{}, { model: undefined }])
        expect(await say(store, key, settings)).toEqual({ changed: false })
      await say(store, key, EVERY)
      for (const settings of [{}, EVERY, { model: 'opus' }, { effort: null, model: undefined }])
        expect(await say(store, key, settings)).toEqual({ changed: false })
      expect(await settingsIn(store, key)).toEqual(EVERY)
    })

    test('[VE10] they touch no version, no time, no journal and no feed, and wake nobody', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const key = await born(store, { path: '/p', claudeSessionId: 't1' }, { agentState: 's' })
      const before = await everythingIn(store)
      const { settings: _none, ...session } = await read(store, key)
      let wakes = 0
      store.onCommit(() => {
        wakes += 1
      })
      clock.move(1000)
      await say(store, key, EVERY)
      expect(wakes).toBe(0)
      expect(await read(store, key)).toEqual({ ...session, settings: EVERY })
      expect(await feedOf(store)).toEqual((before as { feed: unknown }).feed)
    })

    test('[CO12] they outlive every write of metadata and of agent state', async () => {
      await using store = await open()
      const key = await born(store, { name: 'a' })
      await say(store, key, EVERY)
      await patched(store, key, { name: 'b' })
      await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 2, metadata: {} })
      await store.updateAgentState({ ...key, expectedVersion: 1, agentState: 'x' })
      await store.restoreSession({ ...key, actor: ACTOR, version: 1 })
      await store.prune({ namespace: NAMESPACE, keepEntries: 1, keepBytes: 1, limit: 100 })
      expect(await settingsIn(store, key)).toEqual(EVERY)
    })

    test('[CO12] one of a type that nobody knows is not said, and keeps none of the others', async () => {
      await using store = await open()
      const key = await born(store, {})
      await say(store, key, { model: 'opus', permissionMode: 'plan' })
      const said = { model: 7, permissionMode: 'everything', effort: 'low', ofSomebodyElse: 'x' }
      expect(await say(store, key, said)).toEqual({ changed: true })
      expect(await settingsIn(store, key)).toEqual({ model: 'opus', permissionMode: 'plan', effort: 'low' })
    })

    test('[ME11] what is no object, or far too long, is refused and nothing is stored', async () => {
      await using store = await open()
      const key = await born(store, {})
      await say(store, key, EVERY)
      const create = { namespace: NAMESPACE, tag: 'fresh', actor: ACTOR, metadata: {} }
      for (const settings of [null, 'opus', ['model'], 7] as unknown[]) {
        expectRefused(await say(store, key, settings), 'invalid_request', { field: 'settings' })
      }
      const fits = 'x'.repeat(LIMITS.protectedBytes)
      const long: SessionSettings = { model: `${fits}x` }
      const actual = LIMITS.protectedBytes + 1
      const detail = { field: 'model', limit: LIMITS.protectedBytes, actual }
      expectRefused(await say(store, key, long), 'too_large', detail)
      expectRefused(await store.createOrLoadSession({ ...create, settings: long }), 'too_large', detail)
      expect(await settingsIn(store, key)).toEqual(EVERY)
      expect((await store.listSessions({ namespace: NAMESPACE, limit: 9 })).items).toHaveLength(1)
      expect(await say(store, key, { model: fits })).toEqual({ changed: true })
      expect((await settingsIn(store, key)).model).toBe(fits)
    })

    test('[ME11] text that a driver would mangle comes back as it was', async () => {
      await using store = await open()
      const key = await born(store, {})
      const settings = { model: 'a\u0000b', effort: 'half \ud800 pair', serviceTier: '\u{1F600}"\\\n' }
      await say(store, key, settings)
      expect(await settingsIn(store, key)).toEqual(settings)
    })

    test('[CO12] a session is born with those that came with it', async () => {
      await using store = await open()
      const made = await store.createOrLoadSession({
        namespace: NAMESPACE,
        tag: 'a',
        actor: ACTOR,
        metadata: {},
        settings: { model: 'opus', effort: undefined, modelReasoningEffort: null },
      })
      const settings = { model: 'opus', modelReasoningEffort: null }
      expect(made).toMatchObject({ created: true, session: { settings } })
      const session = made.kind === 'session' ? made.session.id : ''
      expect(await settingsIn(store, { namespace: NAMESPACE, session })).toEqual(settings)
    })

    test('[CO13] those that come with a known tag count for nothing', async () => {
      await using store = await open()
      const create = { namespace: NAMESPACE, tag: 'a', actor: ACTOR, metadata: {} }
      await store.createOrLoadSession({ ...create, settings: { model: 'opus' } })
      const loaded = await store.createOrLoadSession({ ...create, settings: { model: 'other', effort: 'x' } })
      expect(loaded).toMatchObject({ created: false })
      expect(loaded.kind === 'session' ? loaded.session.settings : null).toEqual({ model: 'opus' })
    })

    test('[VE3] of those that are said at once the last one counts', async () => {
      await using store = await open()
      const key = await born(store, {}, { settings: { model: 'a' } })
      const answers = await Promise.all(['b', 'a', 'b', 'a'].map((model) => say(store, key, { model })))
      expect(answers).toEqual(Array.from({ length: 4 }, () => ({ changed: true })))
      expect(await settingsIn(store, key)).toEqual({ model: 'a' })
    })

    test('[VE6] a session that is just being made hears them', async () => {
      await using store = await open()
      const making = born(store, {}, { id: 'young' })
      const saying = say(store, { namespace: NAMESPACE, session: 'young' }, { model: 'opus' })
      await making
      expect(await saying).toEqual({ changed: true })
    })
  })
}
