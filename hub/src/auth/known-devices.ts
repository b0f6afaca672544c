import { timingSafeEqual } from 'node:crypto'
import type { Store, StoredDevice } from '../store/store.ts'
import type { DeviceToken } from './device-token.ts'
import { sha256 } from './sha256.ts'

const FRESH_MS = 60_000
const MOST_KEPT = 1000

/** Stands in for the hash of a device that is not there, so that both cases take the same steps. */
const NOBODY = new Uint8Array(32)

export interface KnownDevicesParts {
  readonly store: Pick<Store, 'findDevice'>
  readonly now: () => number
}

interface Kept {
  readonly device: StoredDevice
  readonly readAt: number
}

/**
 * Tells whose token a device's token is. Those that showed the right secret lately are kept at hand; a wrong one always
 * leads to the store, whether there is such a device or not.
 */
export class KnownDevices {
  readonly #store: Pick<Store, 'findDevice'>
  readonly #now: () => number
  /** The one that was read the longest ago comes first. */
  readonly #kept = new Map<string, Kept>()
  #forgotten = 0

  constructor({ store, now }: KnownDevicesParts) {
    this.#store = store
    this.#now = now
  }

  get size(): number {
    return this.#kept.size
  }

  /** Null where it is nobody's, or was taken back. */
  async holderOf({ device, secret }: DeviceToken): Promise<StoredDevice | null> {
    const hash = sha256(secret)
    const fresh = this.#freshOf(device)
    if (fresh !== null && isSame(hash, fresh.hash)) return fresh
    const found = await this.#read(device)
    const isProved = isSame(hash, found?.hash ?? NOBODY)
    if (!isProved || found === null || found.revokedAt !== null) return null
    this.#keep(found)
    return found
  }

  /** Who a device is, for whom it is proved already that it is speaking. Null where its token was taken back. */
  async standing(device: string): Promise<StoredDevice | null> {
    const found = this.#freshOf(device) ?? (await this.#read(device))
    if (found === null || found.revokedAt !== null) return null
    this.#keep(found)
    return found
  }

  /** Nothing that was read of it up to here counts any more. */
  forget(device: string): void {
    this.#forgotten += 1
    this.#kept.delete(device)
  }

  #freshOf(device: string): StoredDevice | null {
    const kept = this.#kept.get(device)
    if (kept === undefined) return null
    const age = this.#now() - kept.readAt
    return age >= 0 && age < FRESH_MS ? kept.device : null
  }

  /** Reads again where something was forgotten meanwhile: what was read may be from before. */
  async #read(device: string): Promise<StoredDevice | null> {
    for (;;) {
      const round = this.#forgotten
      const found = await this.#store.findDevice(device)
      if (round === this.#forgotten) return found
    }
  }

  #keep(device: StoredDevice): void {
    if (this.#freshOf(device.id) === device) return
    this.#kept.delete(device.id)
    this.#kept.set(device.id, { device, readAt: this.#now() })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) return
      this.#kept.delete(oldest)
    }
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
