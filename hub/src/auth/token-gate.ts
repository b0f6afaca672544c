import { timingSafeEqual } from 'node:crypto'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Log } from '../log/log.ts'
import type { Store, StoredDevice } from '../store/store.ts'
import type { Caller } from './caller.ts'
import { readDeviceToken } from './device-token.ts'
import { DeviceUses } from './device-uses.ts'
import { FailedAttempts } from './failed-attempts.ts'
import type { Gate, Presented } from './gate.ts'
import { KnownDevices } from './known-devices.ts'
import { readPresentedToken, type PresentedToken } from './presented-token.ts'
import { sha256 } from './sha256.ts'

const DEFAULT_NAMESPACE = 'default'

export interface TokenGateParts {
  readonly store: Pick<Store, 'findDevice' | 'noteDeviceUse'>
  readonly rootToken: string
  readonly now: () => number
  readonly log: Log
}

/**
 * Knows the root token by its hash, and the tokens of devices by those that the store has. The root token may speak for
 * any namespace, a device only for its own. An address that has sent too many wrong tokens gets in with a right one:
 * one client that is set up wrong must not lock out the others behind the same address.
 */
export class TokenGate implements Gate, AsyncDisposable {
  readonly #rootHash: Uint8Array
  readonly #devices: KnownDevices
  readonly #uses: DeviceUses
  readonly #failures = new FailedAttempts()
  readonly #listeners = new Set<(device: string) => void>()
  readonly #now: () => number
  readonly #log: Log

  constructor({ store, rootToken, now, log }: TokenGateParts) {
    this.#rootHash = sha256(rootToken)
    this.#devices = new KnownDevices({ store, now })
    this.#uses = new DeviceUses({ store, now, log })
    this.#now = now
    this.#log = log
  }

  async authenticate({ token, address }: Presented): Promise<Caller | Refusal> {
    if (token === undefined) return unauthorized()
    const presented = readPresentedToken(token)
    const caller = presented === null ? null : await this.#callerWith(presented)
    if (caller !== null) return caller
    return this.#failures.note(address, this.#now()) ? unauthorized() : rateLimited()
  }

  async deviceCaller(device: string): Promise<Caller | null> {
    return this.#callerFor(await this.#devices.standing(device))
  }

  onRevoked(listener: (device: string) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** To be called once the store has it for good that a device's token was taken back. */
  revoked(device: string): void {
    this.#devices.forget(device)
    for (const listener of this.#listeners) {
      try {
        listener(device)
      } catch (error) {
        // The others must hear of it all the same.
        this.#log.error('a listener to taken back tokens failed', error, { device })
      }
    }
  }

  /** Writes down what is known of the last uses. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#uses[Symbol.asyncDispose]()
  }

  async #callerWith({ base, namespace }: PresentedToken): Promise<Caller | null> {
    if (timingSafeEqual(sha256(base), this.#rootHash))
      return { namespace: namespace ?? DEFAULT_NAMESPACE, role: 'admin', device: null }
    const token = readDeviceToken(base)
    const holder = token === null ? null : await this.#devices.holderOf(token)
    if (holder !== null && namespace !== null && namespace !== holder.namespace) return null
    return this.#callerFor(holder)
  }

  #callerFor(holder: StoredDevice | null): Caller | null {
    if (holder === null) return null
    this.#uses.note(holder.id)
    return { namespace: holder.namespace, role: holder.role, device: holder.id }
  }
}

/** The same for every token that is not known, so that an answer never says how near one came. */
function unauthorized(): Refusal {
  return refuse('unauthorized', 'The access token is missing or not valid. Check the token of this client.')
}

function rateLimited(): Refusal {
  return refuse(
    'rate_limited',
    'Too many wrong access tokens came from this address. Check the token of this client, and wait a minute.',
  )
}
