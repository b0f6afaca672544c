import { describe, expect, test } from 'vitest'
import type { SessionKey, Store } from '../store.ts'
import { ACTOR, born, everythingIn, mutation, NAMESPACE, patched, type OpenStore } from './test-store.ts'

const BY_SESSION: Record<string, (store: Store, key: SessionKey) => Promise<unknown>> = {
  readSession: (store, key) => store.readSession(key),
  hasSession: (store, key) => store.hasSession(key),
  updateSessionMetadata: (store, key) =>
    store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, metadata: { name: 'x' } }),
  patchSessionMetadata: (store, key) =>
    store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { name: 'x' } }),
  'patchSessionMetadata, stale': (store, key) =>
    store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { name: 'x' }, expectedVersion: 99 }),
  clearResumeToken: (store, key) => store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' }),
  putBackToken: (store, key) =>
    store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: 'secret' }),
  restoreSession: (store, key) => store.restoreSession({ ...key, actor: ACTOR, version: 1 }),
  'restoreSession, future': (store, key) => store.restoreSession({ ...key, actor: ACTOR, version: 99 }),
  updateAgentState: (store, key) => store.updateAgentState({ ...key, expectedVersion: 1, agentState: 'x' }),
  updateSettings: (store, key) => store.updateSettings({ ...key, settings: { model: 'x' } }),
  'updateSettings, nothing': (store, key) => store.updateSettings({ ...key, settings: {} }),
  sessionHistory: (store, key) => store.sessionHistory({ ...key, limit: 10 }),
  fieldHistory: (store, key) => store.fieldHistory({ ...key, field: 'name', limit: 10 }),
  tokenHistory: (store, key) => store.tokenHistory({ ...key, limit: 10 }),
}

const BY_MACHINE: Record<
  string,
  (store: Store, at: { namespace: string; machine: string }) => Promise<unknown>
> = {
  readMachine: (store, key) => store.readMachine(key),
  updateMachineMetadata: (store, key) =>
    store.updateMachineMetadata({ ...key, expectedVersion: 1, value: { host: 'x' } }),
  updateRunnerState: (store, key) => store.updateRunnerState({ ...key, expectedVersion: 1, value: 'x' }),
}

const TOKEN = { claudeSessionId: 'secret', machineId: 'm1', name: 'mine' }

/** One tenant with a session and a machine; another one that has a session of its own, and one that has nothing. */
async function tenants(store: Store): Promise<void> {
  await born(store, TOKEN, { id: 'mine', agentState: 'mine' })
  await patched(store, { namespace: NAMESPACE, session: 'mine' }, { claudeSessionId: 'next' })
  await store.createOrLoadMachine({ namespace: NAMESPACE, id: 'm1', metadata: { host: 'h' } })
  await born(store, { name: 'theirs' }, { id: 'theirs', namespace: 'other' })
}

export function tenantsContract(name: string, open: OpenStore): void {
  describe(`${name}: a tenant can not see another`, () => {
    for (const [method, call] of Object.entries(BY_SESSION)) {
      test(`[VE8] ${method} answers for another tenant's session as for none`, async () => {
        await using store = await open()
        await tenants(store)
        const before = await everythingIn(store)
        for (const namespace of ['other', 'nobody']) {
          const theirs = await call(store, { namespace, session: 'mine' })
          expect(theirs).toEqual(await call(store, { namespace, session: 'missing' }))
          expect(theirs).toEqual(await call(store, { namespace: NAMESPACE, session: 'missing' }))
          expect(JSON.stringify(theirs)).not.toContain('secret')
        }
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    for (const [method, call] of Object.entries(BY_MACHINE)) {
      test(`[VE10] ${method} answers for another tenant's machine as for none`, async () => {
        await using store = await open()
        await tenants(store)
        const before = await everythingIn(store)
        for (const namespace of ['other', 'nobody']) {
          const theirs = await call(store, { namespace, machine: 'm1' })
          expect(theirs).toEqual(await call(store, { namespace, machine: 'missing' }))
          expect(theirs).toEqual(await call(store, { namespace: NAMESPACE, machine: 'missing' }))
        }
        expect(await everythingIn(store)).toEqual(before)
      })
    }

    test('[ME13] tokenHolders names no session of another tenant', async () => {
      await using store = await open()
      await tenants(store)
      const identity = { machineId: 'm1', flavor: 'claude', value: 'next' }
      expect(await store.tokenHolders({ ...identity, namespace: NAMESPACE })).toEqual(['mine'])
      expect(await store.tokenHolders({ ...identity, namespace: 'other' })).toEqual([])
      expect(await store.tokenHolders({ ...identity, namespace: 'nobody' })).toEqual([])
    })

    test('[FE1] lists and feeds hold the own sessions and machines only', async () => {
      await using store = await open()
      await tenants(store)
      const sessions = await store.listSessions({ namespace: 'other', limit: 10 })
      expect(sessions.items.map((session) => session.id)).toEqual(['theirs'])
      expect(await store.listMachines({ namespace: 'other', limit: 10 })).toEqual({
        items: [],
        nextCursor: null,
      })
      const feed = await store.readFeed({ namespace: 'other', after: 0, limit: 10 })
      expect(feed).toMatchObject({ kind: 'changes', head: 1, changes: [{ seq: 1, session: 'theirs' }] })
      expect(await store.readFeed({ namespace: 'nobody', after: 0, limit: 10 })).toMatchObject({
        kind: 'changes',
        head: 0,
        changes: [],
      })
    })

    test('[VE5] a mutation id that another tenant used is still free', async () => {
      await using store = await open()
      await tenants(store)
      const once = { actor: ACTOR, mutationId: mutation('shared') }
      const mine = { namespace: NAMESPACE, session: 'mine' }
      const theirs = { namespace: 'other', session: 'theirs' }
      expect(await store.patchSessionMetadata({ ...mine, ...once, patch: { a: 1 } })).toMatchObject({
        version: 3,
      })
      const answer = await store.patchSessionMetadata({ ...theirs, ...once, patch: { b: 2 } })
      expect(answer).toEqual({ kind: 'written', version: 2, changed: ['b'], kept: [] })
    })

    test('[JO4] pruning one tenant leaves another whole', async () => {
      await using store = await open()
      await tenants(store)
      const before = await everythingIn(store, 'other')
      await store.prune({ namespace: NAMESPACE, keepEntries: 1, keepBytes: 1, limit: 100 })
      expect(await everythingIn(store, 'other')).toEqual(before)
    })

    test('[ME11] a namespace that is not well-formed is nobody, not the one it looks like', async () => {
      await using store = await open()
      const key = await born(store, TOKEN, { namespace: 'n\ufffd', id: 'mine' })
      const before = await everythingIn(store, key.namespace)
      for (const call of Object.values(BY_SESSION)) {
        const answer = await call(store, { namespace: 'n\ud800', session: 'mine' })
        expect(answer).toEqual(await call(store, { namespace: 'nobody', session: 'mine' }))
      }
      const list = await store.listSessions({ namespace: 'n\ud800', limit: 10 })
      expect(list).toEqual({ items: [], nextCursor: null })
      expect(await store.readFeed({ namespace: 'n\ud800', after: 0, limit: 10 })).toMatchObject({ head: 0 })
      await store.prune({ namespace: 'n\ud800', keepEntries: 1, keepBytes: 1, limit: 10 })
      expect(await everythingIn(store, key.namespace)).toEqual(before)
      expect(await patched(store, key, { name: 'still works' })).toMatchObject({ version: 2 })
    })
  })
}
