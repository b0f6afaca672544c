import { expect, test } from 'vitest'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { DeviceUse } from '../store/store.ts'
import { DeviceUses } from './device-uses.ts'

const MINUTE_MS = 60_000

/** Uses over a store that keeps every write it was asked for, and refuses them while `fails`. */
function openUses(writeAfterMs = 3_600_000) {
  const clock = { now: 1000 }
  const store = {
    fails: false,
    writes: [] as (readonly DeviceUse[])[],
    noteDeviceUse(uses: readonly DeviceUse[]): Promise<void> {
      if (store.fails) return Promise.reject(new HoldfastError('storage_full', 'The disk is full.'))
      store.writes.push(uses)
      return Promise.resolve()
    },
  }
  const lines: unknown[] = []
  const keep = (...said: readonly unknown[]): void => void lines.push(said)
  const log = { debug: keep, info: keep, warn: keep, error: keep }
  const uses = new DeviceUses({ store, now: () => clock.now, log, writeAfterMs })
  return { uses, clock, store, lines, [Symbol.asyncDispose]: () => uses[Symbol.asyncDispose]() }
}

test('[SE1] many uses of many devices are one write', async () => {
  await using world = openUses()
  for (let n = 0; n < 1000; n += 1) for (const device of ['a', 'b']) world.uses.note(device)
  await world.uses.write()
  expect(world.store.writes).toEqual([
    [
      { device: 'a', at: 1000 },
      { device: 'b', at: 1000 },
    ],
  ])
})

test('[SE1] a device is noted at most once a minute, written or not', async () => {
  await using world = openUses()
  for (const at of [0, 1, 30_000, 59_999, 60_000, 119_999, 120_000]) {
    world.clock.now = at
    world.uses.note('a')
    await world.uses.write()
  }
  expect(world.store.writes.flat().map(({ at }) => at)).toEqual([0, 60_000, 120_000])
})

test('[SE1] nothing is written where nothing was used', async () => {
  await using world = openUses()
  await world.uses.write()
  expect(world.store.writes).toEqual([])
})

test('[SE1] uses are written by themselves after a while', async () => {
  await using world = openUses(1)
  world.uses.note('a')
  for (let looks = 0; looks < 1000 && world.store.writes.length === 0; looks += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(world.store.writes).toEqual([[{ device: 'a', at: 1000 }]])
})

test('[SE1] what could not be written waits on and is said in the log, without anything failing', async () => {
  await using world = openUses()
  world.store.fails = true
  world.uses.note('a')
  await world.uses.write()
  world.clock.now += MINUTE_MS
  world.uses.note('b')
  world.store.fails = false
  await world.uses.write()
  expect(world.store.writes.flat()).toEqual([
    { device: 'a', at: 1000 },
    { device: 'b', at: 1000 + MINUTE_MS },
  ])
  expect(world.lines).toEqual([
    ['the use of devices could not be written down', { code: 'storage_full', devices: 1 }],
  ])
})

test('[SE1] a newer use is not overwritten by an older one that could not be written', async () => {
  await using world = openUses()
  world.store.fails = true
  world.uses.note('a')
  const failing = world.uses.write()
  world.clock.now += MINUTE_MS
  await Promise.resolve()
  world.uses.note('a')
  await failing
  world.store.fails = false
  await world.uses.write()
  expect(world.store.writes.flat()).toEqual([{ device: 'a', at: 1000 + MINUTE_MS }])
})

test('[SE5] while the store fails, no more than a bounded number wait', async () => {
  await using world = openUses()
  for (let n = 0; n < 10_050; n += 1) world.uses.note(`device ${n}`)
  await world.uses.write()
  expect(world.store.writes.flat()).toHaveLength(10_000)
  expect(world.store.writes[0]?.at(-1)).toMatchObject({ device: 'device 10049' })
})

test('[SE1] at the end what waits is written, and a store that fails does not stop the end', async () => {
  const world = openUses()
  world.uses.note('a')
  await world.uses[Symbol.asyncDispose]()
  expect(world.store.writes.flat()).toEqual([{ device: 'a', at: 1000 }])
  world.store.fails = true
  world.clock.now += MINUTE_MS
  world.uses.note('a')
  await world.uses[Symbol.asyncDispose]()
  expect(world.store.writes).toHaveLength(1)
})
