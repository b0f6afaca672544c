import { randomBytes } from 'node:crypto'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { DeviceRecord, Role } from '@holdfast/shared/records/device'
import type { ListDevices, Page, Store } from '../store/store.ts'
import { mayDo, type Caller } from './caller.ts'
import { writeDeviceToken } from './device-token.ts'
import { sha256 } from './sha256.ts'
import type { TokenGate } from './token-gate.ts'

const SECRET_BYTES = 32

export interface NewDevice {
  readonly name: string
  readonly role: Role
}

export interface AddedDevice {
  readonly device: DeviceRecord
  /** Told this once; the hub keeps no more than a hash of its secret. */
  readonly token: string
}

/** Gives out tokens to devices and takes them back, each admin for its own namespace. */
export class Devices {
  readonly #store: Pick<Store, 'addDevice' | 'listDevices' | 'revokeDevice'>
  readonly #gate: Pick<TokenGate, 'revoked'>

  constructor(
    store: Pick<Store, 'addDevice' | 'listDevices' | 'revokeDevice'>,
    gate: Pick<TokenGate, 'revoked'>,
  ) {
    this.#store = store
    this.#gate = gate
  }

  async add(caller: Caller, { name, role }: NewDevice): Promise<AddedDevice | Refusal> {
    if (!mayDo(caller, 'admin')) return denied(caller)
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const { namespace } = caller
    const device = await this.#store.addDevice({ namespace, name, role, hash: sha256(secret) })
    if ('kind' in device) return device
    return { device, token: writeDeviceToken({ device: device.id, secret }) }
  }

  async list(caller: Caller, page: Omit<ListDevices, 'namespace'>): Promise<Page<DeviceRecord> | Refusal> {
    if (!mayDo(caller, 'admin')) return denied(caller)
    return this.#store.listDevices({ ...page, namespace: caller.namespace })
  }

  /** Its connections end before this settles. A second time changes nothing. */
  async revoke(caller: Caller, device: string): Promise<DeviceRecord | Refusal> {
    if (!mayDo(caller, 'admin')) return denied(caller)
    const revoked = await this.#store.revokeDevice({ namespace: caller.namespace, device })
    if (!('kind' in revoked)) this.#gate.revoked(device)
    return revoked
  }
}

function denied({ role }: Caller): Refusal {
  return refuse('access_denied', `Managing devices takes a token with the role admin; this one's is ${role}.`)
}
