import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { until } from './test-client.ts'

const TEXT = 1
const BINARY = 2
const CLOSE = 8

/** A WebSocket that sends whatever it is told to, for what the client library would never send. */
export class RawSocket implements Disposable {
  /** The text frames that came in. */
  readonly frames: string[] = []
  readonly #socket: Socket
  #unread = Buffer.alloc(0)
  #head: string | null = null
  #isClosed = false

  /** Opens one, without a word of any protocol above it. */
  static async open(port: number, query = 'EIO=4&transport=websocket'): Promise<RawSocket> {
    const raw = new RawSocket(port, query)
    await until('the upgrade is answered', () => raw.#head !== null || raw.#isClosed)
    return raw
  }

  private constructor(port: number, query: string) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('close', () => (this.#isClosed = true))
    this.#socket.on('error', () => (this.#isClosed = true))
    const lines = [
      `GET /socket.io/?${query} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ]
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  }

  /** 101 where the upgrade went through; 0 where there was no answer. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#head ?? '')?.[1] ?? 0)
  }

  /** Reads nothing any more, so that what is sent to it stays where it is. */
  stall(): void {
    this.#socket.pause()
  }

  /** Reads on. */
  goOn(): void {
    this.#socket.resume()
  }

  /** Everything goes out in one piece, so that it arrives together. */
  send(...frames: readonly (string | Buffer)[]): void {
    if (this.#isClosed) return
    this.#socket.write(
      Buffer.concat(
        frames.map((frame) =>
          typeof frame === 'string' ? frameOf(TEXT, Buffer.from(frame)) : frameOf(BINARY, frame),
        ),
      ),
    )
  }

  /** The first frame that begins like this. */
  async hears(start: string): Promise<string> {
    const found = () => this.frames.find((frame) => frame.startsWith(start))
    await until(`a frame begins with ${start}`, () => found() !== undefined || this.#isClosed)
    return found() ?? `closed after ${JSON.stringify(this.frames.at(-1))}`
  }

  closed(): Promise<void> {
    return until('the connection is closed', () => this.#isClosed)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    if (this.#head === null) {
      const end = this.#unread.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#head = this.#unread.subarray(0, end).toString('latin1')
      this.#unread = this.#unread.subarray(end + 4)
    }
    if (this.status !== 101) return
    for (let read = frameIn(this.#unread); read !== null; read = frameIn(this.#unread)) {
      this.#unread = this.#unread.subarray(read.end)
      if (read.kind === TEXT) this.#heard(read.body.toString())
      if (read.kind === CLOSE) this.#socket.end(frameOf(CLOSE, read.body.subarray(0, 2)))
    }
  }

  #heard(text: string): void {
    // The engine asks whether the client is still there.
    if (text === '2') this.send('3')
    else this.frames.push(text)
  }
}

/** A whole frame, masked as a client must. */
function frameOf(kind: number, body: Buffer): Buffer {
  const mask = randomBytes(4)
  const head =
    body.length < 126
      ? Buffer.from([0x80 | kind, 0x80 | body.length])
      : body.length < 65_536
        ? Buffer.from([0x80 | kind, 0x80 | 126, body.length >> 8, body.length & 0xff])
        : longHead(kind, body.length)
  return Buffer.concat([head, mask, body.map((byte, at) => byte ^ (mask[at % 4] ?? 0))])
}

function longHead(kind: number, length: number): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt8(0x80 | kind, 0)
  head.writeUInt8(0x80 | 127, 1)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

interface ReadFrame {
  readonly kind: number
  readonly body: Buffer
  readonly end: number
}

/** A server's frame, which is not masked; null where it is not all there yet. */
function frameIn(bytes: Buffer): ReadFrame | null {
  if (bytes.length < 2) return null
  const kind = bytes.readUInt8(0) & 0x0f
  const short = bytes.readUInt8(1)
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return null
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const end = start + length
  return bytes.length < end ? null : { kind, body: bytes.subarray(start, end), end }
}
