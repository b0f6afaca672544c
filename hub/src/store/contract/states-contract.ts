import { describe, expect, test } from 'vitest'
import {
  ACTOR,
  allPages,
  born,
  everythingIn,
  expectRefused,
  feedOf,
  NAMESPACE,
  patched,
  read,
  TestClock,
  written,
  type OpenStore,
} from './test-store.ts'

const MACHINE = { namespace: NAMESPACE, id: 'm1', metadata: { host: 'h', platform: 'linux', cpus: 4 } }
const KEY = { namespace: NAMESPACE, machine: 'm1' }

export function statesContract(name: string, open: OpenStore): void {
  describe(`${name}: agent state`, () => {
    test('[VE10] is replaced whole and counts by itself', async () => {
      await using store = await open()
      const key = await born(store, { a: 1 }, { agentState: { x: 1, y: 2 } })
      const answer = await store.updateAgentState({ ...key, expectedVersion: 1, agentState: { x: 3 } })
      expect(answer).toEqual({ kind: 'written', version: 2, value: { x: 3 } })
      await patched(store, key, { a: 2 })
      const state = await store.updateAgentState({ ...key, expectedVersion: 2, agentState: null })
      expect(state).toEqual({ kind: 'written', version: 3, value: null })
      expect(await read(store, key)).toMatchObject({
        metadataVersion: 2,
        metadata: { a: 2 },
        agentState: null,
        agentStateVersion: 3,
      })
    })

    test('[VE10] with another version is a mismatch with what is there', async () => {
      await using store = await open()
      const key = await born(store, {}, { agentState: 'now' })
      for (const expectedVersion of [0, 2, Number.MAX_SAFE_INTEGER]) {
        expect(await store.updateAgentState({ ...key, expectedVersion, agentState: 'x' })).toEqual({
          kind: 'version-mismatch',
          version: 1,
          value: 'now',
        })
      }
      expect(await read(store, key)).toMatchObject({ agentState: 'now', agentStateVersion: 1 })
    })

    test('[ME10] that is the same keeps its version', async () => {
      await using store = await open()
      const key = await born(store, {}, { agentState: { x: [1] } })
      const answer = await store.updateAgentState({ ...key, expectedVersion: 1, agentState: { x: [1] } })
      expect(answer).toEqual({ kind: 'written', version: 1, value: { x: [1] } })
    })

    test('[VE10] is in neither journal nor feed, and wakes nobody', async () => {
      await using store = await open()
      const key = await born(store, {})
      const before = await feedOf(store)
      let wakes = 0
      store.onCommit(() => {
        wakes += 1
      })
      written(await store.updateAgentState({ ...key, expectedVersion: 1, agentState: { x: 1 } }))
      expect(await feedOf(store)).toEqual(before)
      expect((await store.sessionHistory({ ...key, limit: 9 }))?.items).toHaveLength(1)
      expect(wakes).toBe(0)
    })

    test('[VE10] may be larger and deeper than metadata', async () => {
      await using store = await open()
      let deep: object = {}
      for (let level = 0; level < 100; level += 1) deep = { deep }
      const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]))
      const agentState = { deep, wide, text: 'x'.repeat(2 * 1024 * 1024) }
      const key = await born(store, {}, { agentState })
      expect((await read(store, key)).agentState).toEqual(agentState)
    })

    test('[VE10] undefined is null, in a creation and in a write', async () => {
      await using store = await open()
      const key = await born(store, {}, { agentState: undefined })
      expect((await read(store, key)).agentState).toBeNull()
      await store.updateAgentState({ ...key, expectedVersion: 1, agentState: 1 })
      const answer = await store.updateAgentState({ ...key, expectedVersion: 2, agentState: undefined })
      expect(answer).toEqual({ kind: 'written', version: 3, value: null })
    })
  })

  describe(`${name}: machines`, () => {
    test('[VE10] a machine that registers is kept and can be read', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const made = await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 1 } })
      expect(made).toEqual({
        id: 'm1',
        namespace: NAMESPACE,
        createdAt: clock.time,
        updatedAt: clock.time,
        metadata: MACHINE.metadata,
        metadataVersion: 1,
        runnerState: { pid: 1 },
        runnerStateVersion: 1,
      })
      expect(await store.readMachine(KEY)).toEqual(made)
      expect(await store.readMachine({ ...KEY, machine: 'none' })).toBeNull()
    })

    test('[VE10] registering again the same way changes nothing', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const made = await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 1 } })
      clock.move(10)
      expect(await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 1 } })).toEqual(made)
    })

    test('[VE10] registering again merges, and keeps host, platform and happyCliVersion', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const facts = { host: 'h', platform: 'linux', happyCliVersion: '1' }
      await store.createOrLoadMachine({ ...MACHINE, metadata: { ...facts, cpus: 4, keep: 1 } })
      const later = clock.move(10)
      const metadata = { host: 'x', platform: 'y', happyCliVersion: '2', cpus: 8, extra: true }
      expect(await store.createOrLoadMachine({ ...MACHINE, metadata })).toMatchObject({
        metadata: { ...facts, cpus: 8, keep: 1, extra: true },
        metadataVersion: 2,
        runnerStateVersion: 1,
        updatedAt: later,
      })
    })

    test('[VE10] what a machine did not say before, a later registration may', async () => {
      await using store = await open()
      await store.createOrLoadMachine({ ...MACHINE, metadata: { cpus: 4 } })
      const made = await store.createOrLoadMachine({
        ...MACHINE,
        metadata: { host: 'h', happyCliVersion: '2' },
      })
      expect(made).toMatchObject({ metadata: { cpus: 4, host: 'h', happyCliVersion: '2' } })
    })

    for (const runnerState of [null, undefined]) {
      test(`[VE10] a registration with runnerState ${runnerState} leaves the state as it is`, async () => {
        await using store = await open()
        await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 1 } })
        const again = await store.createOrLoadMachine({ ...MACHINE, runnerState })
        expect(again).toMatchObject({ runnerState: { pid: 1 }, runnerStateVersion: 1 })
      })
    }

    test('[VE10] a registration with another runner state replaces it', async () => {
      await using store = await open()
      await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 1, port: 2 } })
      const again = await store.createOrLoadMachine({ ...MACHINE, runnerState: { pid: 3 } })
      expect(again).toMatchObject({ runnerState: { pid: 3 }, runnerStateVersion: 2, metadataVersion: 1 })
    })

    for (const metadata of [null, undefined, 'text', 7, ['list']]) {
      test(`[VE10] metadata of a known machine outlives a registration with ${JSON.stringify(metadata)}`, async () => {
        await using store = await open()
        const made = await store.createOrLoadMachine(MACHINE)
        await store.createOrLoadMachine({ ...MACHINE, metadata })
        expect(await store.readMachine(KEY)).toEqual(made)
      })
    }

    test('[VE10] metadata and runner state are replaced whole and count apart', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      await store.createOrLoadMachine(MACHINE)
      clock.move(10)
      const metadata = await store.updateMachineMetadata({
        ...KEY,
        expectedVersion: 1,
        value: { host: 'new' },
      })
      expect(metadata).toEqual({ kind: 'written', version: 2, value: { host: 'new' } })
      const state = await store.updateRunnerState({ ...KEY, expectedVersion: 1, value: { pid: 9 } })
      expect(state).toEqual({ kind: 'written', version: 2, value: { pid: 9 } })
      await store.updateRunnerState({ ...KEY, expectedVersion: 2, value: null })
      expect(await store.readMachine(KEY)).toMatchObject({
        metadata: { host: 'new' },
        metadataVersion: 2,
        runnerState: null,
        runnerStateVersion: 3,
        updatedAt: clock.time,
      })
    })

    test('[VE10] with another version they are a mismatch with what is there', async () => {
      await using store = await open()
      await store.createOrLoadMachine({ ...MACHINE, runnerState: 'r' })
      const before = await everythingIn(store)
      for (const expectedVersion of [0, 2, Number.MAX_SAFE_INTEGER]) {
        const at = { ...KEY, expectedVersion, value: {} }
        expect(await store.updateMachineMetadata(at)).toEqual({
          kind: 'version-mismatch',
          version: 1,
          value: MACHINE.metadata,
        })
        expect(await store.updateRunnerState(at)).toEqual({
          kind: 'version-mismatch',
          version: 1,
          value: 'r',
        })
      }
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE10] metadata that is no object is refused, and an unknown machine is not made', async () => {
      await using store = await open()
      await store.createOrLoadMachine(MACHINE)
      const before = await everythingIn(store)
      for (const value of [null, undefined, 'x', 1, []])
        expectRefused(
          await store.updateMachineMetadata({ ...KEY, expectedVersion: 1, value }),
          'invalid_metadata',
        )
      const none = { ...KEY, machine: 'none', expectedVersion: 1, value: {} }
      expectRefused(await store.updateMachineMetadata(none), 'machine_not_found')
      expectRefused(await store.updateRunnerState(none), 'machine_not_found')
      expect(await everythingIn(store)).toEqual(before)
    })

    test('[VE10] the same value keeps its version, and an older one of the clock keeps updatedAt', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      await store.createOrLoadMachine(MACHINE)
      const birth = clock.time
      clock.move(-1000)
      const same = await store.updateMachineMetadata({ ...KEY, expectedVersion: 1, value: MACHINE.metadata })
      expect(same).toMatchObject({ version: 1 })
      written(await store.updateRunnerState({ ...KEY, expectedVersion: 1, value: 1 }))
      expect(await store.readMachine(KEY)).toMatchObject({ createdAt: birth, updatedAt: birth })
    })

    for (const limit of [1, 2, 4, 5]) {
      test(`[VE10] pages of ${limit} list each machine once and end with null`, async () => {
        await using store = await open()
        for (const id of ['b', 'd', 'a', 'c']) await store.createOrLoadMachine({ ...MACHINE, id })
        await store.createOrLoadMachine({ ...MACHINE, id: 'z', namespace: 'other' })
        const items = await allPages((cursor) => store.listMachines({ namespace: NAMESPACE, limit, cursor }))
        expect(items.map((machine) => machine.id).toSorted()).toEqual(['a', 'b', 'c', 'd'])
        for (const machine of items)
          expect(await store.readMachine({ ...KEY, machine: machine.id })).toEqual(machine)
      })
    }

    test('[VE10] one id in two namespaces is two machines, and neither is in the feed', async () => {
      await using store = await open()
      await born(store, {}, { actor: ACTOR })
      const before = await feedOf(store)
      await store.createOrLoadMachine(MACHINE)
      await store.createOrLoadMachine({ ...MACHINE, namespace: 'other', metadata: { host: 'o' } })
      await store.updateRunnerState({ ...KEY, expectedVersion: 1, value: 'x' })
      expect(await store.readMachine({ ...KEY, namespace: 'other' })).toMatchObject({
        metadata: { host: 'o' },
        runnerState: null,
      })
      expect(await feedOf(store)).toEqual(before)
    })
  })
}
