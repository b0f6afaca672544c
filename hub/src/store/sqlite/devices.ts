import { assert } from '@holdfast/shared/errors/assert'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { DeviceRecord } from '@holdfast/shared/records/device'
import { idSchema } from '@holdfast/shared/records/ids'
import { pageOf, pageSize, requestProblem } from '../requests.ts'
import type { AddDevice, DeviceKey, DeviceUse, ListDevices, Page, StoredDevice } from '../store.ts'
import type { StoreCore } from './core.ts'
import { cursorNumber } from './rows.ts'

const DEVICE_NOT_FOUND = refuse('device_not_found', 'There is no such device.')

interface DeviceRow extends DeviceRecord {
  readonly key: number
}

const DEVICE_COLUMNS = `d.key, d.id, n.name as namespace, d.name, d.role, d.created_at as createdAt,
  d.last_used_at as lastUsedAt, d.revoked_at as revokedAt`
const FROM_DEVICE = 'from device d join namespace n on n.key = d.namespace'

/** Programs with a token of their own. The namespace of a device is a fact about it, never a thing that is asked for. */
export class Devices {
  readonly #core: StoreCore

  constructor(core: StoreCore) {
    this.#core = core
  }

  async add(request: AddDevice): Promise<DeviceRecord | Refusal> {
    const { namespace, name, role, hash } = request
    const problem = requestProblem({ namespace, name, role, hash })
    if (problem !== null) return problem
    const id = this.#core.outside.newId()
    assert(idSchema.safeParse(id).success, 'the id of a device can stand in a token')
    return this.#core.write(() => {
      const { sql, catalog, outside } = this.#core
      const createdAt = outside.now()
      sql
        .get('insert into device (id, namespace, name, role, hash, created_at) values (?, ?, ?, ?, ?, ?)')
        .run(id, catalog.namespaceForWrite(namespace).key, name, role, hash, createdAt)
      return { id, namespace, name, role, createdAt, lastUsedAt: null, revokedAt: null }
    }, 256)
  }

  find(device: string): StoredDevice | null {
    if (!idSchema.safeParse(device).success) return null
    const row = this.#core.sql
      .get(`select ${DEVICE_COLUMNS}, d.hash ${FROM_DEVICE} where d.id = ?`)
      .get<DeviceRow & { hash: Uint8Array }>(device)
    return row === undefined ? null : { ...recordOf(row), hash: Uint8Array.from(row.hash) }
  }

  /** Newest first: an order that no write changes, so that paging misses and repeats nothing. */
  list({ namespace, limit, cursor }: ListDevices): Page<DeviceRecord> {
    const home = this.#core.catalog.namespace(namespace)
    if (home === undefined) return { items: [], nextCursor: null }
    const size = pageSize(limit)
    const rows = this.#core.sql
      .get(
        `select ${DEVICE_COLUMNS} ${FROM_DEVICE} where d.namespace = ? and d.key < ? order by d.key desc limit ?`,
      )
      .all<DeviceRow>(home.key, cursorNumber(cursor), size + 1)
    return pageOf(rows, size, { item: recordOf, cursor: (row) => String(row.key) })
  }

  revoke(key: DeviceKey): Promise<DeviceRecord | Refusal> {
    return this.#core.write(() => {
      const found = this.#record(key)
      if (found === null) return DEVICE_NOT_FOUND
      if (found.revokedAt !== null) return found
      const revokedAt = this.#core.outside.now()
      this.#core.sql.get('update device set revoked_at = ? where id = ?').run(revokedAt, found.id)
      return { ...found, revokedAt }
    }, 256)
  }

  async noteUse(uses: readonly DeviceUse[]): Promise<void> {
    const known = uses.filter(
      ({ device, at }) => idSchema.safeParse(device).success && Number.isSafeInteger(at),
    )
    if (known.length === 0) return
    await this.#core.write(() => {
      const note = this.#core.sql.get(NOTE_USE)
      for (const { device, at } of known) note.run(at, device, at)
    }, known.length * 64)
  }

  /** The device, if it is this namespace's. */
  #record({ namespace, device }: DeviceKey): DeviceRecord | null {
    const home = this.#core.catalog.namespace(namespace)
    if (home === undefined || !idSchema.safeParse(device).success) return null
    const row = this.#core.sql
      .get(`select ${DEVICE_COLUMNS} ${FROM_DEVICE} where d.id = ? and d.namespace = ?`)
      .get<DeviceRow>(device, home.key)
    return row === undefined ? null : recordOf(row)
  }
}

const NOTE_USE = `
  update device set last_used_at = ? where id = ? and (last_used_at is null or last_used_at < ?)`

function recordOf({ id, namespace, name, role, createdAt, lastUsedAt, revokedAt }: DeviceRow): DeviceRecord {
  return { id, namespace, name, role, createdAt, lastUsedAt, revokedAt }
}
