import type { HoldfastError } from '../errors/holdfast-error.ts'
import { backoffMs, type BackoffRange } from './backoff.ts'
import { NEXT, type ConnectionState, type ConnectionStep } from './connection-state.ts'
import { isPassing } from './hub-error.ts'
import type { Dial, Link, LinkListener } from './link.ts'
import type { Outside } from './outside.ts'

/** How long a connection may take to come up, with everything that belongs to it. */
const CONNECT_MS = 15_000
const BACKOFF: BackoffRange = { firstMs: 250, mostMs: 30_000 }

export interface ConnectionListener extends Pick<LinkListener, 'onEvent'> {
  /** The link is up. */
  onLive(): void
  /** The link is gone: what was asked over it and not answered stays without an answer. */
  onLost(): void
  /** The hub will not have this client; it is not asked again. */
  onRefused(error: HoldfastError): void
  onState(state: ConnectionState): void
}

export interface ConnectionParts {
  readonly dial: Dial
  readonly outside: Outside
  readonly listener: ConnectionListener
}

/** Keeps one link to the hub up: dials, and dials again after a pause, until it is stopped or refused for good. */
export class Connection {
  readonly #parts: ConnectionParts
  #state: ConnectionState = 'idle'
  #link: Link | null = null
  /** Of the time limit on dialling, or of the pause before it. */
  #cancelTimer: (() => void) | null = null
  /** In a row; a link that comes up does not end it, but a sensible answer of the hub does. */
  #failures = 0

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The link, while it is up. */
  get link(): Link | null {
    return this.#state === 'live' ? this.#link : null
  }

  start(): void {
    this.#step('start')
  }

  stop(): void {
    this.#step('stop')
  }

  /** The link does not answer any more: it is given up for another one. */
  drop(): void {
    this.#step('down')
  }

  /** The hub answers sensibly, so the next failure is a first one. */
  proven(): void {
    this.#failures = 0
  }

  #step(step: ConnectionStep): void {
    const from = this.#state
    const to = NEXT[from][step]
    if (to === null) return
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (to !== 'live') this.#hangUp()
    this.#state = to
    if (to === 'connecting') this.#dial()
    if (to === 'backing-off') this.#pause()
    const { listener } = this.#parts
    if (from === 'live') listener.onLost()
    if (to === 'live') listener.onLive()
    listener.onState(to)
  }

  #hangUp(): void {
    const link = this.#link
    this.#link = null
    link?.close()
  }

  #dial(): void {
    const { dial, outside, listener } = this.#parts
    const link = dial({
      onUp: () => {
        if (this.#link === link) this.#step('up')
      },
      onDown: (why) => {
        if (this.#link !== link) return
        if (isPassing(why)) this.#step('down')
        else listener.onRefused(why)
      },
      onEvent: (event, payload, reply) => {
        if (this.#link === link) listener.onEvent(event, payload, reply)
      },
    })
    this.#link = link
    this.#cancelTimer = outside.after(CONNECT_MS, () => this.#step('timer'))
  }

  #pause(): void {
    const { outside } = this.#parts
    this.#failures++
    const ms = backoffMs(this.#failures, BACKOFF, outside.random())
    this.#cancelTimer = outside.after(ms, () => this.#step('timer'))
  }
}
