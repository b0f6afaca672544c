import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { readSocketIoPacket } from './socket-io-packet.ts'
import { WebSocketFrames, type WebSocketMessage } from './web-socket-frames.ts'
import type { WireRecord } from './wire-record.ts'

const TEXT = 1

/**
 * Stands between the released client and our hub, changes nothing, and writes down what both say. It has one address
 * for as long as it lives, and takes no connection while there is no hub.
 */
export class WireTap implements AsyncDisposable {
  readonly records: WireRecord[] = []
  readonly #connections = new Set<Duplex>()
  #server: Server | null = null
  #port = 0
  #count = 0

  /** Reserves the address by which clients find the hub. */
  static async make(): Promise<WireTap> {
    const tap = new WireTap()
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    tap.#port = (probe.address() as AddressInfo).port
    await new Promise((resolve) => probe.close(resolve))
    return tap
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async open(hub: URL): Promise<void> {
    const server = createServer((asked, answer) => void this.#exchange(hub, asked, answer))
    server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) =>
      this.#upgrade(hub, asked, { client, head }),
    )
    server.on('connection', (socket) => this.#keep(socket))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
  }

  async shut(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const connection of this.#connections) connection.destroy()
    if (server !== null) await new Promise((resolve) => server.close(resolve))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shut()
  }

  #keep(connection: Duplex): void {
    this.#connections.add(connection)
    connection.once('close', () => this.#connections.delete(connection))
    // A connection that breaks is what a killed hub looks like; its end is handled by 'close'.
    connection.on('error', () => connection.destroy())
  }

  async #exchange(hub: URL, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const body = await bytesOf(asked)
      const { method = 'GET', url: path = '/', headers } = asked
      const answered = await ask(hub, { method, path, headers, body })
      const { status } = answered
      const said = { body: body.toString(), answer: answered.body.toString(), headers: answered.headers }
      this.records.push({ kind: 'exchange', method, path, status, ...said })
      answer.writeHead(status, answered.headers).end(answered.body)
    } catch {
      // The hub is gone: the client's connection ends as it would without anybody between.
      answer.destroy()
    }
  }

  #upgrade(hub: URL, asked: IncomingMessage, { client, head }: { client: Duplex; head: Buffer }): void {
    this.#count += 1
    const connection = this.#count
    const toHub = connect(Number(hub.port), hub.hostname)
    this.#keep(toHub)
    const fromClient = this.#listener(connection, 'client')
    const fromHub = this.#listener(connection, 'hub')
    toHub.write(headOf(asked))
    toHub.write(head)
    fromClient(head)
    client.on('data', (chunk: Buffer) => {
      fromClient(chunk)
      toHub.write(chunk)
    })
    afterHead(toHub, fromHub)
    toHub.on('data', (chunk: Buffer) => client.write(chunk))
    endTogether(client, toHub)
  }

  #listener(connection: number, from: 'client' | 'hub'): (chunk: Buffer) => void {
    const frames = new WebSocketFrames()
    return (chunk) => {
      for (const message of frames.read(chunk)) this.#hear({ connection, from, message })
    }
  }

  #hear(heard: { connection: number; from: 'client' | 'hub'; message: WebSocketMessage }): void {
    const { connection, from, message } = heard
    if (message.opcode !== TEXT) return
    if (message.compressed) return this.#unreadable(from, 'a compressed message')
    try {
      const packet = readSocketIoPacket(message.payload.toString())
      if (packet !== null) this.records.push({ kind: 'packet', connection, from, packet })
    } catch (error) {
      this.#unreadable(from, error instanceof Error ? error.message : String(error))
    }
  }

  #unreadable(from: 'client' | 'hub', why: string): void {
    this.records.push({ kind: 'unreadable', from, why })
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Answered {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function ask(hub: URL, { method, path, headers, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const to = { host: hub.hostname, port: hub.port, method, path, headers, agent: false }
    const sent = request(to, (response) => {
      bytesOf(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
        reject,
      )
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** The head of a request, as it came. */
function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A side that has ended, or broken, is one for the other side too. */
function endTogether(one: Duplex, other: Duplex): void {
  one.once('end', () => other.end())
  other.once('end', () => one.end())
  one.once('close', () => other.destroy())
  other.once('close', () => one.destroy())
}

/** Passes on what comes after the head of the answer. */
function afterHead(socket: Socket, heard: (chunk: Buffer) => void): void {
  let head: Buffer | null = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    if (head === null) return heard(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    const rest = head.subarray(end + 4)
    head = null
    heard(rest)
  })
}
