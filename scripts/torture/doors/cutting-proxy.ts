import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { below, between, chance, pick, type Random } from '../random.ts'

interface Pair {
  readonly client: Socket
  readonly hub: Socket
  /** A client that is deaf is still heard; one that is to be torn off gets a part of what the hub says next. */
  state: 'open' | 'deaf' | 'tearing'
}

/** How long at most. */
interface Lengths {
  /** A client waits in vain before its connection is cut. */
  readonly deafMs: number
  /** Nobody reads what the hub says to a client. */
  readonly stallMs: number
}

const LENGTHS: Lengths = { deafMs: 30, stallMs: 400 }

/**
 * Stands between clients and the hub, and cuts connections: at once, or so that requests still arrive and their answers
 * do not, which is the case that a client can not tell from a hub that has died, or in the middle of a frame. It can also
 * stall one for a while.
 */
export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #hubPort: number
  readonly #pairs = new Set<Pair>()
  readonly #random: Random
  readonly #lengths: Lengths
  #cuts = 0
  #tears = 0
  #stalls = 0

  private constructor(hubPort: number, random: Random, lengths: Lengths) {
    this.#hubPort = hubPort
    this.#random = random
    this.#lengths = lengths
    this.#server = createServer((client) => this.#join(client))
  }

  static async open(hubPort: number, random: Random, lengths = LENGTHS): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(hubPort, random, lengths)
    const listening = once(proxy.#server, 'listening')
    proxy.#server.listen(0, '127.0.0.1')
    await listening
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get cuts(): number {
    return this.#cuts
  }

  /** Connections that ended in the middle of what the hub said. */
  get tears(): number {
    return this.#tears
  }

  get stalls(): number {
    return this.#stalls
  }

  /** Cuts one of the connections that are there. */
  cut(): void {
    const pair = this.#anyOpen()
    if (pair === null) return
    this.#cuts += 1
    if (chance(this.#random, 0.4)) return this.#end(pair)
    pair.state = 'deaf'
    setTimeout(() => this.#end(pair), between(this.#random, 1, this.#lengths.deafMs))
  }

  /** What the hub says next to one of the clients arrives in part, and then its connection ends. */
  tear(): void {
    const pair = this.#anyOpen()
    if (pair !== null) pair.state = 'tearing'
  }

  /** What the hub says to one of the clients piles up for a while, at last in the hub itself. */
  stall(): void {
    const pair = this.#anyOpen()
    if (pair === null) return
    this.#stalls += 1
    pair.hub.pause()
    setTimeout(() => pair.hub.resume(), between(this.#random, 1, this.#lengths.stallMs)).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const pair of this.#pairs) this.#end(pair)
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const pair: Pair = { client, hub: connect(this.#hubPort, '127.0.0.1'), state: 'open' }
    this.#pairs.add(pair)
    for (const socket of [pair.client, pair.hub]) {
      socket.setNoDelay(true)
      // What ends one side ends the other; why it ended is of no use here.
      socket.on('error', () => this.#end(pair))
      socket.on('close', () => this.#end(pair))
    }
    client.on('data', (bytes) => pair.hub.write(bytes))
    pair.hub.on('data', (bytes) => {
      if (pair.state === 'open') client.write(bytes)
      if (pair.state === 'tearing') this.#tear(pair, bytes)
    })
  }

  #anyOpen(): Pair | null {
    const open = [...this.#pairs].filter(({ state }) => state === 'open')
    return open.length === 0 ? null : pick(this.#random, open)
  }

  #tear(pair: Pair, bytes: Buffer): void {
    pair.state = 'deaf'
    this.#tears += 1
    pair.client.write(bytes.subarray(0, below(this.#random, bytes.length)), () => this.#end(pair))
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair)
    pair.client.destroy()
    pair.hub.destroy()
  }
}
