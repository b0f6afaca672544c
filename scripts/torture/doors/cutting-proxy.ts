import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { between, chance, pick, type Random } from '../random.ts'

interface Pair {
  readonly client: Socket
  readonly hub: Socket
  /** What the hub says from here on is lost, while what the client says still arrives. */
  isDeaf: boolean
}

/** How long at most a client waits in vain before its connection is cut. */
const DEAF_MS = 30

/**
 * Stands between clients and the hub, and cuts connections: at once, or so that requests still arrive and their answers
 * do not, which is the case that a client can not tell from a hub that has died.
 */
export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #hubPort: number
  readonly #pairs = new Set<Pair>()
  readonly #random: Random
  readonly #deafMs: number
  #cuts = 0

  private constructor(hubPort: number, random: Random, deafMs: number) {
    this.#hubPort = hubPort
    this.#random = random
    this.#deafMs = deafMs
    this.#server = createServer((client) => this.#join(client))
  }

  static async open(hubPort: number, random: Random, deafMs = DEAF_MS): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(hubPort, random, deafMs)
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

  /** Cuts one of the connections that are there. */
  cut(): void {
    const able = [...this.#pairs].filter(({ isDeaf }) => !isDeaf)
    if (able.length === 0) return
    const pair = pick(this.#random, able)
    this.#cuts += 1
    if (chance(this.#random, 0.4)) return this.#end(pair)
    pair.isDeaf = true
    setTimeout(() => this.#end(pair), between(this.#random, 1, this.#deafMs))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const pair of this.#pairs) this.#end(pair)
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const pair: Pair = { client, hub: connect(this.#hubPort, '127.0.0.1'), isDeaf: false }
    this.#pairs.add(pair)
    for (const socket of [pair.client, pair.hub]) {
      socket.setNoDelay(true)
      // What ends one side ends the other; why it ended is of no use here.
      socket.on('error', () => this.#end(pair))
      socket.on('close', () => this.#end(pair))
    }
    client.on('data', (bytes) => pair.hub.write(bytes))
    pair.hub.on('data', (bytes) => {
      if (!pair.isDeaf) client.write(bytes)
    })
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair)
    pair.client.destroy()
    pair.hub.destroy()
  }
}
