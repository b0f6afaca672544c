import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import {
  ACTOR,
  born,
  expectRefused,
  feedOf,
  journalOf,
  NAMESPACE,
  patched,
  read,
  tokensOf,
  written,
  type OpenStore,
} from './test-store.ts'

const KEY = { namespace: NAMESPACE, session: 'known' }

/** Every method of the port that a closed store refuses. */
const CALLS: Record<string, (store: Store) => Promise<unknown>> = {
  createOrLoadSession: (store) =>
    store.createOrLoadSession({ namespace: NAMESPACE, tag: 't', actor: ACTOR, metadata: {} }),
  readSession: (store) => store.readSession(KEY),
  listSessions: (store) => store.listSessions({ namespace: NAMESPACE, limit: 1 }),
  updateSessionMetadata: (store) =>
    store.updateSessionMetadata({ ...KEY, actor: ACTOR, expectedVersion: 1, metadata: { a: 2 } }),
  patchSessionMetadata: (store) => store.patchSessionMetadata({ ...KEY, actor: ACTOR, patch: { a: 2 } }),
  clearResumeToken: (store) => store.clearResumeToken({ ...KEY, actor: ACTOR, flavor: 'claude' }),
  putBackToken: (store) => store.putBackToken({ ...KEY, actor: ACTOR, flavor: 'claude', value: 't1' }),
  restoreSession: (store) => store.restoreSession({ ...KEY, actor: ACTOR, version: 1 }),
  updateSettings: (store) => store.updateSettings({ ...KEY, settings: { model: 'm' } }),
  'updateSettings, the same': (store) => store.updateSettings({ ...KEY, settings: {} }),
  updateAgentState: (store) => store.updateAgentState({ ...KEY, expectedVersion: 1, agentState: 1 }),
  sessionHistory: (store) => store.sessionHistory({ ...KEY, limit: 1 }),
  fieldHistory: (store) => store.fieldHistory({ ...KEY, field: 'a', limit: 1 }),
  tokenHistory: (store) => store.tokenHistory({ ...KEY, limit: 1 }),
  tokenHolders: (store) =>
    store.tokenHolders({ namespace: NAMESPACE, machineId: null, flavor: 'claude', value: 't1' }),
  readFeed: (store) => store.readFeed({ namespace: NAMESPACE, after: 0, limit: 1 }),
  createOrLoadMachine: (store) => store.createOrLoadMachine({ namespace: NAMESPACE, id: 'm', metadata: {} }),
  readMachine: (store) => store.readMachine({ namespace: NAMESPACE, machine: 'm' }),
  listMachines: (store) => store.listMachines({ namespace: NAMESPACE, limit: 1 }),
  updateMachineMetadata: (store) =>
    store.updateMachineMetadata({ namespace: NAMESPACE, machine: 'm', expectedVersion: 1, value: {} }),
  updateRunnerState: (store) =>
    store.updateRunnerState({ namespace: NAMESPACE, machine: 'm', expectedVersion: 1, value: {} }),
  addDevice: (store) =>
    store.addDevice({ namespace: NAMESPACE, name: 'd', role: 'agent', hash: new Uint8Array(32) }),
  findDevice: (store) => store.findDevice('d'),
  listDevices: (store) => store.listDevices({ namespace: NAMESPACE, limit: 1 }),
  revokeDevice: (store) => store.revokeDevice({ namespace: NAMESPACE, device: 'd' }),
  noteDeviceUse: (store) => store.noteDeviceUse([{ device: 'd', at: 1 }]),
  prune: (store) => store.prune({ namespace: NAMESPACE, keepEntries: 1, keepBytes: 1, limit: 1 }),
}

/** The code with which a call was rejected. */
async function rejection(call: Promise<unknown>): Promise<string> {
  try {
    return `settled with ${JSON.stringify(await call)}`
  } catch (error) {
    return error instanceof HoldfastError ? error.code : `threw ${String(error)}`
  }
}

export function concurrencyContract(name: string, open: OpenStore): void {
  describe(`${name}: at the same time`, () => {
    test('[VE3] of 50 replaces at one version one is taken', async () => {
      await using store = await open()
      const key = await born(store, { n: -1 })
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, metadata: { n } }),
        ),
      )
      const taken = answers.filter((answer) => answer.kind === 'written')
      expect(taken).toHaveLength(1)
      const { metadata } = await read(store, key)
      expect(taken[0]?.metadata).toEqual(metadata)
      const others = answers.filter((answer) => answer.kind !== 'written')
      for (const answer of others)
        expect(answer).toEqual({ kind: 'version-mismatch', version: 2, current: metadata })
    })

    test('[VE1] 50 writers that retry on a mismatch: no version twice, none left out', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't' })
      const versions: number[] = []
      const writer = async (writerId: number): Promise<void> => {
        let expectedVersion = 1
        for (let turn = 0; turn < 3;) {
          const metadata = { name: `w${writerId}-${turn}` }
          const answer = await store.updateSessionMetadata({
            ...key,
            actor: ACTOR,
            expectedVersion,
            metadata,
          })
          if (answer.kind === 'refused') throw new Error(answer.message)
          expectedVersion = answer.version
          if (answer.kind === 'version-mismatch') continue
          expect(answer.metadata).toEqual({ ...metadata, claudeSessionId: 't' })
          versions.push(answer.version)
          turn += 1
        }
      }
      await Promise.all(Array.from({ length: 50 }, (_, writerId) => writer(writerId)))
      expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, index) => index + 2))
      expect((await read(store, key)).metadataVersion).toBe(151)
      expect(await feedOf(store)).toHaveLength(151)
    })

    test('[VE1] 200 patches of one session are all in it', async () => {
      await using store = await open()
      const key = await born(store, {})
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, index) => patched(store, key, { [`f${index}`]: index })),
      )
      const versions = answers.map((answer) => answer.version).toSorted((a, b) => a - b)
      expect(versions).toEqual(Array.from({ length: 200 }, (_, index) => index + 2))
      expect((await read(store, key)).metadata).toEqual(
        Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, index])),
      )
    })

    test('[VE4] 50 patches at one version of one field: one is taken, of 50 fields: all', async () => {
      await using store = await open()
      const key = await born(store, {})
      const patch = (patchOf: object) =>
        store.patchSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, patch: patchOf })
      const same = await Promise.all(Array.from({ length: 50 }, (_, n) => patch({ same: n })))
      expect(same.filter((answer) => answer.kind === 'written')).toHaveLength(1)
      const each = await Promise.all(Array.from({ length: 50 }, (_, n) => patch({ [`own-${n}`]: n })))
      for (const answer of each) expect(answer).toMatchObject({ kind: 'written', rebasedFrom: 1 })
      expect((await read(store, key)).metadataVersion).toBe(52)
    })

    test('[VE1] 100 creations of one tag make one session', async () => {
      await using store = await open()
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          store.createOrLoadSession({ namespace: NAMESPACE, tag: 'same', actor: ACTOR, metadata: { n } }),
        ),
      )
      const made = answers.flatMap((answer) => (answer.kind === 'session' ? [answer] : []))
      expect(made).toHaveLength(100)
      expect(made.filter((answer) => answer.created)).toHaveLength(1)
      const first = made.find((answer) => answer.created)
      for (const answer of made) expect(answer.session).toEqual(first?.session as object)
      expect(await feedOf(store)).toHaveLength(1)
      expect((await store.listSessions({ namespace: NAMESPACE, limit: 9 })).items).toHaveLength(1)
    })

    test('[VE1] 50 creations of one id under different tags make one session', async () => {
      await using store = await open()
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.createOrLoadSession({
            namespace: NAMESPACE,
            tag: `t${n}`,
            id: 'one',
            actor: ACTOR,
            metadata: {},
          }),
        ),
      )
      expect(answers.filter((answer) => answer.kind === 'session')).toHaveLength(1)
      for (const answer of answers) if (answer.kind !== 'session') expectRefused(answer, 'id_taken')
    })

    test('[VE10] of 50 agent states at one version one is taken', async () => {
      await using store = await open()
      const key = await born(store, {})
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.updateAgentState({ ...key, expectedVersion: 1, agentState: { n } }),
        ),
      )
      const taken = answers.flatMap((answer) => (answer.kind === 'written' ? [answer] : []))
      expect(taken).toHaveLength(1)
      expect(await read(store, key)).toMatchObject({ agentStateVersion: 2, agentState: taken[0]?.value })
    })

    test('[VE10] 50 registrations of one machine make one', async () => {
      await using store = await open()
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          store.createOrLoadMachine({ namespace: NAMESPACE, id: 'm', metadata: { [`k${n}`]: n } }),
        ),
      )
      const { items } = await store.listMachines({ namespace: NAMESPACE, limit: 9 })
      expect(items).toHaveLength(1)
      expect(Object.keys(items[0]?.metadata as object)).toHaveLength(50)
      expect(items[0]?.metadataVersion).toBe(50)
    })

    test('[ME14] tokens that arrive at once are all in the history, and one is left', async () => {
      await using store = await open()
      const key = await born(store, {})
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => patched(store, key, { claudeSessionId: `t${n % 20}` })),
      )
      const tokens = await tokensOf(store, key)
      expect(new Set(tokens.map((token) => token.value)).size).toBe(20)
      const left = tokens.filter((token) => token.left === 'no').map((token) => token.value)
      expect(left).toEqual([(await read(store, key)).metadata['claudeSessionId']])
    })

    test('[VE6] a refused write in the middle of many fails alone', async () => {
      await using store = await open()
      const key = await born(store, {})
      const answers = await Promise.all(
        Array.from({ length: 90 }, (_, n) =>
          store.patchSessionMetadata({
            ...key,
            session: n % 5 === 0 ? 'missing' : key.session,
            actor: ACTOR,
            patch: n % 3 === 0 ? { n, path: '' } : { n },
          }),
        ),
      )
      for (const [n, answer] of answers.entries()) {
        if (n % 5 === 0) expectRefused(answer, 'session_not_found')
        else if (n % 3 === 0) expectRefused(answer, 'invalid_field')
        else written(answer)
      }
      expect((await journalOf(store, key)).length).toBe(
        1 + answers.filter(({ kind }) => kind === 'written').length,
      )
    })

    test('[VE1] what a caller changes in its objects afterwards changes nothing here', async () => {
      await using store = await open()
      const key = await born(store, { claudeSessionId: 't1' })
      const deep = { list: [1] }
      const actor: { door: 'http'; run: string } = { door: 'http', run: 'r1' }
      const patch: Record<string, unknown> = { deep, name: 'a' }
      const writing = patched(store, key, patch, { actor })
      await writing
      deep.list.push(2)
      patch['name'] = 'changed'
      const first = await read(store, key)
      expect(first.metadata).toEqual({ claudeSessionId: 't1', deep: { list: [1] }, name: 'a' })
      first.metadata['name'] = 'changed'
      expect((await read(store, key)).metadata).toMatchObject({ name: 'a' })
    })
  })

  describe(`${name}: close`, () => {
    test('[VE6] waits for what was accepted, and all of it is answered', async () => {
      const store = await open()
      const key = await born(store, {})
      const writes = Array.from({ length: 30 }, (_, index) => patched(store, key, { [`f${index}`]: index }))
      const closing = store.close()
      const versions = (await Promise.all(writes)).map((answer) => answer.version)
      expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2))
      await closing
    })

    test('[VE6] a second close does nothing, and neither does leaving the scope', async () => {
      await using store = await open()
      await born(store, {})
      await Promise.all([store.close(), store.close()])
      await store.close()
      expect(await store[Symbol.asyncDispose]()).toBeUndefined()
    })

    test('[VE6] a store that was closed has not failed', async () => {
      const store = await open()
      await born(store, {})
      await store.close()
      const settled = new Promise((resolve) => setImmediate(resolve, 'still open'))
      expect(await Promise.race([store.failed, settled])).toBe('still open')
    })

    for (const [method, call] of Object.entries(CALLS)) {
      test(`[VE6] afterwards ${method} is refused with store_stopped`, async () => {
        const store = await open()
        await born(store, { claudeSessionId: 't1' }, { id: KEY.session })
        await store.close()
        expect(await rejection(call(store))).toBe('store_stopped')
      })
    }

    test('[VE6] each call while it closes is carried out or refused with store_stopped', async () => {
      const store = await open()
      const key = await born(store, {}, { id: KEY.session })
      const early = patched(store, key, { a: 1 })
      const closing = store.close()
      const late = Object.values(CALLS).map((call) => rejection(call(store)))
      await early
      await closing
      for (const outcome of await Promise.all(late)) expect(outcome).toMatch(/^(settled with|store_stopped)/)
    })
  })
}
