import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AddDevice } from '../store.ts'
import { rejectionOf, withSql, Workshop } from './contract/workshop.ts'
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts'

const HASH = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
const DEVICE: AddDevice = { namespace: 'default', name: 'laptop', role: 'admin', hash: HASH }

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

async function opened(newId?: () => string): Promise<SqliteStore> {
  return workshop.closing(await openSqliteStore(workshop.database, newId === undefined ? {} : { newId }))
}

async function commits(): Promise<number> {
  const select = `select cast(value as integer) as n from meta where key = 'commits'`
  return (await withSql(workshop.database, (driver) => driver.prepare(select).get<{ n: number }>()))?.n ?? -1
}

describe('devices in the file', () => {
  test('[SE1] are there after a restart, with their use and what was taken back', async () => {
    let ids = 0
    const store = await opened(() => `dev-${(ids += 1)}`)
    for (const name of ['one', 'two', 'three']) await store.addDevice({ ...DEVICE, name })
    await store.noteDeviceUse([{ device: 'dev-1', at: 1234 }])
    await store.revokeDevice({ namespace: 'default', device: 'dev-2' })
    const before = await store.listDevices({ namespace: 'default', limit: 10 })
    await store.close()
    const again = await opened()
    expect(await again.listDevices({ namespace: 'default', limit: 10 })).toEqual(before)
    expect(before.items).toMatchObject([
      { id: 'dev-3', lastUsedAt: null, revokedAt: null },
      { id: 'dev-2', revokedAt: expect.any(Number) as number },
      { id: 'dev-1', lastUsedAt: 1234 },
    ])
    expect(await again.findDevice('dev-1')).toEqual({ ...before.items[2], hash: HASH })
  })

  test('[SE2] an id is never given twice, not even in two namespaces', async () => {
    const store = await opened(() => 'the-same')
    await store.addDevice(DEVICE)
    const again = store.addDevice({ ...DEVICE, namespace: 'other', name: 'thief' })
    expect(await rejectionOf(again)).toBe('internal')
    expect(await store.findDevice('the-same')).toMatchObject({ namespace: 'default', name: 'laptop' })
    expect(await store.namespaces()).toEqual(['default'])
  })

  test('[SE1] many uses are one commit, and none is none', async () => {
    let ids = 0
    const store = await opened(() => `dev-${(ids += 1)}`)
    await Promise.all(Array.from({ length: 100 }, () => store.addDevice(DEVICE)))
    const before = await commits()
    await store.noteDeviceUse([])
    await store.noteDeviceUse(Array.from({ length: 100 }, (_, at) => ({ device: `dev-${at + 1}`, at })))
    expect(await commits()).toBe(before + 1)
  })

  test('[OP6] are in a backup', async () => {
    const store = await opened()
    await store.addDevice(DEVICE)
    const { file } = await store.backup(workshop.file('copy.db'))
    const copy = workshop.closing(await openSqliteStore(file))
    expect(await copy.listDevices({ namespace: 'default', limit: 10 })).toEqual(
      await store.listDevices({ namespace: 'default', limit: 10 }),
    )
  })
})
