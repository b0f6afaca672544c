import { WebSocketFrames } from '../../../peers/web-socket-frames.ts'
import { RawConnection } from './raw-connection.ts'
import { OPCODE, webSocketFrame } from './web-socket-frame.ts'

/** As much of a message as says what it is. */
const START = 128
const VERSION = /"version":(\d+)/
const ACK = /^43\/[a-z]+,(\d+)\[/
const END_OF_HEAD = '\r\n\r\n'

/** A WebSocket that says what no library would say, and understands no more of the answers than it has to. */
export class RawSocket {
  readonly #connection: RawConnection
  readonly #frames = new WebSocketFrames()
  readonly #sawVersion: (version: number) => void
  #head = Buffer.alloc(0)
  #isUpgraded = false
  readonly #acked = new Set<number>()
  #wanted = ''
  #isHeard = false

  constructor(port: number, sawVersion: (version: number) => void) {
    this.#sawVersion = sawVersion
    this.#connection = new RawConnection(port, (bytes) => this.#arrived(bytes))
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  write(bytes: Buffer): void {
    this.#connection.write(bytes)
  }

  /** Sends it, and waits for a text that begins like this; false where it does not come before the end or in time. */
  async ask(bytes: Buffer, answer: string, withinMs: number): Promise<boolean> {
    this.#wanted = answer
    this.#isHeard = false
    this.#connection.write(bytes)
    return this.#connection.until(() => this.#isHeard, withinMs)
  }

  /** Waits for the acks of these; gives those that did not come although the connection stayed. */
  async acks(ids: readonly number[], withinMs: number): Promise<number[]> {
    const missing = (): number[] => ids.filter((id) => !this.#acked.has(id))
    await this.#connection.until(() => missing().length === 0, withinMs)
    const absent = this.isOpen ? missing() : []
    this.#acked.clear()
    return absent
  }

  /** Gives the hub so long to end it, and ends it then. */
  async end(withinMs: number): Promise<void> {
    await this.#connection.until(() => false, withinMs)
    this.close()
  }

  close(): void {
    this.#connection.close()
  }

  #arrived(bytes: Buffer): void {
    if (this.#isUpgraded) return this.#read(bytes)
    this.#head = Buffer.concat([this.#head, bytes])
    const end = this.#head.indexOf(END_OF_HEAD)
    if (end < 0) return
    if (!this.#head.toString('latin1', 0, 12).endsWith(' 101')) return this.close()
    this.#isUpgraded = true
    this.#read(this.#head.subarray(end + END_OF_HEAD.length))
  }

  #read(bytes: Buffer): void {
    for (const { opcode, payload } of this.#frames.read(bytes)) {
      // The hub waits for the other side's word before it ends a connection that it closes.
      if (opcode === OPCODE.close) return this.close()
      if (opcode !== OPCODE.text) continue
      if (payload.length === 1 && payload.toString() === '2') this.#pong()
      const start = payload.toString('latin1', 0, START)
      if (start.startsWith(this.#wanted)) this.#isHeard = true
      const ack = ACK.exec(start)?.[1]
      if (ack !== undefined) this.#acked.add(Number(ack))
      const version = VERSION.exec(start)?.[1]
      if (version !== undefined) this.#sawVersion(Number(version))
    }
  }

  #pong(): void {
    this.#connection.write(webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from('3') }))
  }
}
