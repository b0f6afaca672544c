import { describe, expect, test } from 'vitest'
import type { DeviceRecord } from '@holdfast/shared/records/device'
import type { AddDevice, Store } from '../store.ts'
import { allPages, born, expectRefused, NAMESPACE, TestClock, type OpenStore } from './test-store.ts'

const HASH = Uint8Array.from({ length: 32 }, (_, index) => index * 8)

async function added(store: Store, more: Partial<AddDevice> = {}): Promise<DeviceRecord> {
  const made = await store.addDevice({
    namespace: NAMESPACE,
    name: 'laptop',
    role: 'agent',
    hash: HASH,
    ...more,
  })
  if ('code' in made) throw new Error(`${made.code}: ${made.message}`)
  return made
}

function devicesIn(store: Store, namespace: string, limit = 1000): Promise<DeviceRecord[]> {
  return allPages((cursor) => store.listDevices({ namespace, limit, cursor }))
}

export function devicesContract(name: string, open: OpenStore): void {
  describe(`${name}: devices`, () => {
    test('[SE1] one that was added is found by its id, with the hash of its token', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now, newId: () => 'dev-1' })
      const made = await added(store)
      const device = {
        id: 'dev-1',
        namespace: NAMESPACE,
        name: 'laptop',
        role: 'agent',
        createdAt: clock.time,
        lastUsedAt: null,
        revokedAt: null,
      }
      expect(made).toEqual(device as DeviceRecord)
      const found = await store.findDevice('dev-1')
      expect(found === null ? [] : [...found.hash]).toEqual([...HASH])
      expect(found).toEqual({ ...made, hash: HASH })
      expect(found?.hash.constructor).toBe(Uint8Array)
    })

    test('[SE1] a list shows no hash', async () => {
      await using store = await open()
      const made = await added(store)
      expect(await devicesIn(store, NAMESPACE)).toEqual([made])
      expect(Object.keys((await devicesIn(store, NAMESPACE))[0] ?? {})).not.toContain('hash')
    })

    test('[SE1] a namespace may begin with a device, and keeps its sessions apart', async () => {
      await using store = await open()
      await added(store, { namespace: 'fresh' })
      expect(await store.namespaces()).toEqual(['fresh'])
      await born(store, {}, { namespace: 'fresh' })
      expect(await store.readFeed({ namespace: 'fresh', after: 0, limit: 9 })).toMatchObject({ head: 1 })
    })

    for (const role of ['viewer', 'agent', 'admin'] as const) {
      test(`[SE1] it may be ${role}`, async () => {
        await using store = await open()
        const { id } = await added(store, { role })
        expect(await store.findDevice(id)).toMatchObject({ role })
      })
    }

    test('[SE1] names need not differ', async () => {
      await using store = await open()
      const [one, two] = [await added(store), await added(store)]
      expect(one.id).not.toBe(two.id)
      expect(await devicesIn(store, NAMESPACE)).toEqual([two, one])
    })

    for (const [what, bad] of Object.entries<Partial<Record<keyof AddDevice, unknown>>>({
      'a namespace that is empty': { namespace: '' },
      'a namespace with NUL': { namespace: 'a\u0000' },
      'a name that is empty': { name: '' },
      'a name with half of a pair': { name: 'a\ud800' },
      'a name that is too long': { name: 'x'.repeat(129) },
      'a role that is none': { role: 'root' },
      'a hash that is too short': { hash: new Uint8Array(31) },
      'a hash that is too long': { hash: new Uint8Array(33) },
      'a hash that is a text': { hash: 'x'.repeat(32) },
    })) {
      test(`[SE1] ${what} is refused and nothing is stored`, async () => {
        await using store = await open()
        const asked = { namespace: NAMESPACE, name: 'a', role: 'agent', hash: HASH, ...bad } as AddDevice
        expectRefused(await store.addDevice(asked), 'invalid_request', { field: Object.keys(bad)[0] })
        expect(await store.namespaces()).toEqual([])
      })
    }

    test('[SE1] a name of 128 characters and an id of 128 are kept whole', async () => {
      const id = 'i'.repeat(128)
      await using store = await open({ newId: () => id })
      const made = await added(store, { name: '\u20ac'.repeat(128) })
      expect(made.id).toBe(id)
      expect(await store.findDevice(id)).toEqual({ ...made, hash: HASH })
      expect(await store.revokeDevice({ namespace: NAMESPACE, device: id })).toMatchObject({ id })
    })

    test('[SE1] an id that could not stand in a token is a bug, and no device', async () => {
      for (const id of ['', 'a.b', 'a b', 'x'.repeat(129)]) {
        await using store = await open({ newId: () => id })
        await expect(added(store)).rejects.toThrow('Bug')
        expect(await devicesIn(store, NAMESPACE)).toEqual([])
      }
    })

    for (const id of ['', 'missing', 'dev-1\u0000', '\ud800', "' or 1=1 --", 'DEV-1', 'x'.repeat(10_000)]) {
      test(`[SE2] nobody is named ${JSON.stringify(id.slice(0, 20))}`, async () => {
        await using store = await open({ newId: () => 'dev-1' })
        await added(store)
        expect(await store.findDevice(id)).toBe(null)
        expectRefused(await store.revokeDevice({ namespace: NAMESPACE, device: id }), 'device_not_found')
        await store.noteDeviceUse([{ device: id, at: 5 }])
        expect(await store.findDevice('dev-1')).toMatchObject({ lastUsedAt: null, revokedAt: null })
      })
    }
  })

  describe(`${name}: a device's token`, () => {
    test('[SE1] is taken back at once, and for good', async () => {
      const clock = new TestClock()
      await using store = await open({ now: clock.now })
      const made = await added(store)
      const key = { namespace: NAMESPACE, device: made.id }
      const first = clock.move(10)
      const revoked = { ...made, revokedAt: first }
      expect(await store.revokeDevice(key)).toEqual(revoked)
      expect(await store.findDevice(made.id)).toEqual({ ...revoked, hash: HASH })
      clock.move(10)
      expect(await store.revokeDevice(key)).toEqual(revoked)
      expect(await devicesIn(store, NAMESPACE)).toEqual([revoked])
    })

    test('[SE1] taking back one leaves the others', async () => {
      await using store = await open()
      const [one, two] = [await added(store), await added(store)]
      await store.revokeDevice({ namespace: NAMESPACE, device: one.id })
      expect(await store.findDevice(two.id)).toMatchObject({ revokedAt: null })
    })

    test('[SE1] of two who take it back at once both see the same', async () => {
      let time = 0
      await using store = await open({ now: () => (time += 1) })
      const { id } = await added(store)
      const key = { namespace: NAMESPACE, device: id }
      const [one, two] = await Promise.all([store.revokeDevice(key), store.revokeDevice(key)])
      expect(one).toEqual(two)
    })

    test('[SE2] can not be taken back from another namespace, where it looks like none', async () => {
      await using store = await open()
      const made = await added(store)
      await born(store, {}, { namespace: 'other' })
      const missing = await store.revokeDevice({ namespace: NAMESPACE, device: 'missing' })
      for (const namespace of ['other', 'nobody', `${NAMESPACE}\ud800`]) {
        expect(await store.revokeDevice({ namespace, device: made.id })).toEqual(missing)
        expect(await devicesIn(store, namespace)).toEqual([])
      }
      expectRefused(missing, 'device_not_found')
      expect(await store.findDevice(made.id)).toEqual({ ...made, hash: HASH })
    })

    test('[SE1] says when it was last used, of many at once', async () => {
      await using store = await open()
      const [one, two, three] = [
        await added(store),
        await added(store, { namespace: 'other' }),
        await added(store),
      ]
      await store.noteDeviceUse([
        { device: one.id, at: 100 },
        { device: 'missing', at: 100 },
        { device: two.id, at: 200 },
      ])
      expect(await store.findDevice(one.id)).toMatchObject({ lastUsedAt: 100 })
      expect(await store.findDevice(two.id)).toMatchObject({ lastUsedAt: 200 })
      expect(await store.findDevice(three.id)).toMatchObject({ lastUsedAt: null })
      expect(await devicesIn(store, 'other')).toEqual([{ ...two, lastUsedAt: 200 }])
    })

    test('[SE1] its last use never goes back', async () => {
      await using store = await open()
      const { id } = await added(store)
      const uses = [50, 200, 100, 150].map((at) => ({ device: id, at }))
      await store.noteDeviceUse(uses)
      await store.noteDeviceUse([{ device: id, at: 199 }])
      expect(await store.findDevice(id)).toMatchObject({ lastUsedAt: 200 })
    })

    test('[SE1] a time that is none is passed over, and nothing is nothing', async () => {
      await using store = await open()
      const [one, two] = [await added(store), await added(store)]
      const times = [1.5, Number.NaN, Infinity, 2 ** 53]
      await store.noteDeviceUse(times.map((at) => ({ device: one.id, at })))
      await store.noteDeviceUse([
        { device: one.id, at: 0.5 },
        { device: two.id, at: 7 },
      ])
      await store.noteDeviceUse([])
      expect(await devicesIn(store, NAMESPACE)).toEqual([{ ...two, lastUsedAt: 7 }, one])
    })

    test('[VE9] being used or taken back wakes nobody', async () => {
      await using store = await open()
      let wakes = 0
      store.onCommit(() => {
        wakes += 1
      })
      const { id } = await added(store)
      await store.noteDeviceUse([{ device: id, at: 1 }])
      await store.revokeDevice({ namespace: NAMESPACE, device: id })
      expect(wakes).toBe(0)
    })
  })

  describe(`${name}: a list of devices`, () => {
    test('[SE1] of 1,000 has each once, the newest first, in pages of any size', async () => {
      let ids = 0
      await using store = await open({ newId: () => `dev-${(ids += 1)}` })
      const adding = Array.from({ length: 1000 }, () => added(store))
      const theirs = await Promise.all([added(store, { namespace: 'other' }), ...adding])
      const expected = theirs
        .filter((device) => device.namespace === NAMESPACE)
        .map((device) => device.id)
        .toReversed()
      expect(expected).toHaveLength(1000)
      for (const limit of [7, 100, 999, 1000, 5000]) {
        const listed = await devicesIn(store, NAMESPACE, limit)
        expect(listed.map((device) => device.id)).toEqual(expected)
      }
    })

    test('[SE1] of which some are taken back between pages misses and repeats nothing', async () => {
      await using store = await open()
      const ids: string[] = []
      for (let count = 0; count < 6; count += 1) ids.push((await added(store)).id)
      const first = await store.listDevices({ namespace: NAMESPACE, limit: 3 })
      for (const device of ids) await store.revokeDevice({ namespace: NAMESPACE, device })
      await added(store)
      const cursor = first.nextCursor ?? 'none'
      const second = await store.listDevices({ namespace: NAMESPACE, limit: 3, cursor })
      expect(second.nextCursor).toBe(null)
      const listed = [...first.items, ...second.items].map((device) => device.id)
      expect(listed).toEqual(ids.toReversed())
    })
  })
}
