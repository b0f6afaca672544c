import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { Log } from '../log/log.ts'
import type { Store } from '../store/store.ts'

const MINUTE_MS = 60_000
const WRITE_AFTER_MS = 10_000
const MOST_WAITING = 10_000

export interface DeviceUsesParts {
  readonly store: Pick<Store, 'noteDeviceUse'>
  readonly now: () => number
  readonly log: Log
  readonly writeAfterMs?: number
}

/** Gathers when devices were last used, at most once a minute each, and writes that down now and then, all in one. */
export class DeviceUses implements AsyncDisposable {
  readonly #parts: DeviceUsesParts
  /** Uses of the last minute, written or not. */
  readonly #noted = new Map<string, number>()
  readonly #waiting = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #ended = false

  constructor(parts: DeviceUsesParts) {
    this.#parts = parts
  }

  note(device: string): void {
    const at = this.#parts.now()
    const last = this.#noted.get(device)
    if (last !== undefined && at >= last && at - last < MINUTE_MS) return
    this.#noted.set(device, at)
    this.#wait(device, at)
    this.#writeLater()
  }

  /** Writes what waits. It never rejects: what could not be written waits on, for a use is not worth a failure. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow())
    return this.#writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.write()
  }

  #wait(device: string, at: number): void {
    this.#waiting.set(device, at)
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MOST_WAITING) return
      this.#waiting.delete(oldest)
    }
  }

  #writeLater(): void {
    if (this.#timer !== null || this.#ended) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.write()
    }, this.#parts.writeAfterMs ?? WRITE_AFTER_MS).unref()
  }

  async #writeNow(): Promise<void> {
    this.#forgetOld()
    if (this.#waiting.size === 0) return
    const uses = [...this.#waiting].map(([device, at]) => ({ device, at }))
    this.#waiting.clear()
    try {
      await this.#parts.store.noteDeviceUse(uses)
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : 'internal'
      this.#parts.log.warn('the use of devices could not be written down', { code, devices: uses.length })
      for (const { device, at } of uses) if (!this.#waiting.has(device)) this.#wait(device, at)
      this.#writeLater()
    }
  }

  #forgetOld(): void {
    const now = this.#parts.now()
    for (const [device, at] of this.#noted) if (Math.abs(now - at) >= MINUTE_MS) this.#noted.delete(device)
  }
}
