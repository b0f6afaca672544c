import { expect, test } from 'vitest'
import type { StoredDevice } from '../store/store.ts'
import { KnownDevices } from './known-devices.ts'
import { sha256 } from './sha256.ts'

const SECRET = 's'.repeat(43)

/** Devices over a store that has every one that is asked for, and remembers which were. */
function openDevices() {
  const clock = { now: 1000 }
  const asked: string[] = []
  const store = {
    findDevice(id: string): Promise<StoredDevice> {
      asked.push(id)
      const hash = sha256(SECRET)
      const times = { createdAt: 1, lastUsedAt: null, revokedAt: null }
      return Promise.resolve({ id, namespace: 'default', name: 'n', role: 'agent', hash, ...times })
    },
  }
  return { devices: new KnownDevices({ store, now: () => clock.now }), clock, asked }
}

test('[SE1] a device that showed its secret is not looked up again for a minute', async () => {
  const { devices, clock, asked } = openDevices()
  for (const at of [0, 1, 59_999, 60_000, 119_999, 60_000, 59_999]) {
    clock.now = at
    expect(await devices.holderOf({ device: 'a', secret: SECRET })).toMatchObject({ id: 'a' })
    asked.push(`at ${at}`)
  }
  const looks = ['a', 'at 0', 'at 1', 'at 59999', 'a', 'at 60000', 'at 119999', 'at 60000', 'a', 'at 59999']
  expect(asked).toEqual(looks)
})

test('[SE5] a bounded number is kept, those that were read last', async () => {
  const { devices, asked } = openDevices()
  for (let n = 0; n < 1500; n += 1) await devices.holderOf({ device: `d${n}`, secret: SECRET })
  expect(devices.size).toBe(1000)
  asked.length = 0
  await devices.holderOf({ device: 'd1499', secret: SECRET })
  await devices.holderOf({ device: 'd500', secret: SECRET })
  expect(asked).toEqual([])
  await devices.holderOf({ device: 'd499', secret: SECRET })
  expect(asked).toEqual(['d499'])
})
