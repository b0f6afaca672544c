import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { describe, expect, test } from 'vitest'
import { withSql, Workshop } from '../store/sqlite/contract/workshop.ts'
import { DoorWorld } from './contract/door-world.ts'
import { failingStore } from './contract/failing-store.ts'
import { Latch } from './contract/latch.ts'

const UP = { path: '/healthz', token: null }
const READY = { path: '/readyz', token: null }

async function commitsIn(file: string): Promise<number> {
  return withSql(file, (driver) => {
    const row = driver.prepare("select value from meta where key = 'commits'").get<{ value: string }>()
    return Number(row?.value)
  })
}

describe('up and ready', () => {
  test('[OP2] both are told without a token', async () => {
    await using world = await DoorWorld.open()
    expect(await world.ask(UP)).toMatchObject({ status: 200, body: { ok: true } })
    expect(await world.ask(READY)).toMatchObject({ status: 200, body: { ready: true } })
  })

  test('[OP2] to be ready is to have committed a write, of which nothing is left to see', async () => {
    const workshop = new Workshop()
    const world = workshop.closing(await DoorWorld.open({ path: workshop.database }))
    const before = await commitsIn(workshop.database)
    expect((await world.ask(READY)).status).toBe(200)
    expect(await commitsIn(workshop.database)).toBe(before + 1)
    expect(await world.store.namespaces()).toEqual([])
    await workshop.remove()
  })

  test('[OP2] the store is tried once a second at most, however often it is asked for', async () => {
    const workshop = new Workshop()
    const world = workshop.closing(await DoorWorld.open({ path: workshop.database }))
    const before = await commitsIn(workshop.database)
    await Promise.all(Array.from({ length: 50 }, () => world.ask(READY)))
    world.time += 999
    await world.ask(READY)
    expect(await commitsIn(workshop.database)).toBe(before + 1)
    world.time += 1
    await world.ask(READY)
    expect(await commitsIn(workshop.database)).toBe(before + 2)
    await workshop.remove()
  })

  test('[OP2] a store that has stopped is not ready, and the process is up', async () => {
    await using world = await DoorWorld.open()
    await world.store.close()
    const answer = await world.ask(READY)
    expect(answer).toMatchObject({ status: 503, body: { code: 'store_stopped' } })
    expect((await world.ask(UP)).status).toBe(200)
  })

  test('[OP2] a store that heals is ready again', async () => {
    let full = true
    const answer = async (): Promise<void> => {
      if (full) throw new HoldfastError('storage_full', 'The disk is full. Make room.')
    }
    await using world = await DoorWorld.open({
      store: (store) => failingStore(store, 'noteDeviceUse', answer),
    })
    expect(await world.ask(READY)).toMatchObject({ status: 507, body: { code: 'storage_full' } })
    full = false
    world.time += 1000
    expect((await world.ask(READY)).status).toBe(200)
  })

  test('[OP2] a store that does not come back keeps nobody waiting', async () => {
    const stuck = new Latch()
    let tried = 0
    const answer = (): Promise<null> => {
      tried += 1
      return stuck.opened
    }
    await using world = await DoorWorld.open({
      store: (store) => failingStore(store, 'noteDeviceUse', answer),
    })
    expect(await world.ask(READY)).toMatchObject({ status: 503, body: { code: 'storage_busy' } })
    world.time += 1000
    // The first try is still under way, and there is no second one beside it.
    expect(await world.ask(READY)).toMatchObject({ status: 503, body: { code: 'storage_busy' } })
    expect(tried).toBe(1)
    stuck.open()
    let status = 0
    for (let tries = 0; status !== 200 && tries < 100; tries += 1) {
      world.time += 1000
      status = (await world.ask(READY)).status
    }
    expect(status).toBe(200)
  })

  test('[OP4] while the hub shuts down the process is up, and not ready', async () => {
    await using world = await DoorWorld.open()
    world.ending = true
    expect((await world.ask(UP)).status).toBe(200)
    expect(await world.ask(READY)).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
  })

  test('[SE3] both are told under the names of the hub only', async () => {
    await using world = await DoorWorld.open()
    for (const asking of [UP, READY]) {
      const answer = await world.ask({ ...asking, headers: { host: 'evil.example' } })
      expect(answer).toMatchObject({ status: 403, body: { code: 'host_not_allowed' } })
    }
  })
})
