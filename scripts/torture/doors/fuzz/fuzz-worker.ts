import { below, chance, type Random } from '../../random.ts'
import { fuzzPacket, type FuzzBytes } from './fuzz-packets.ts'
import { fuzzRequest } from './fuzz-requests.ts'
import { FuzzWorld, type FuzzNamespace, type FuzzTarget } from './fuzz-world.ts'
import { RawConnection } from './raw-connection.ts'
import { RawSocket } from './raw-socket.ts'
import { OPCODE, webSocketFrame } from './web-socket-frame.ts'

/** One input as it was sent, to be sent again by whoever looks for a fault. */
export interface SentInput {
  readonly door: 'socket' | 'http' | 'connect'
  readonly bytes: Buffer
}

export interface WorkerParts {
  readonly port: number
  readonly target: FuzzTarget
  readonly random: Random
  /** How long an answer that has to come is waited for. */
  readonly patienceMs: number
  /** False once something was found. */
  readonly goesOn: () => boolean
  readonly sent: (input: SentInput) => void
  /** A group of inputs, or a request, got its answer. */
  readonly answered: () => void
  /** The hub said nothing, on a connection that stayed. */
  readonly silent: (what: string) => void
}

/** What may never be answered is waited for so long. */
const UNANSWERED_MS = 250
/** An input that may end its connection is given so long to do it. */
const ENDING_MS = 15
const GROUP = 12
const RIGHT_QUERY = 'EIO=4&transport=websocket'

/** Sends one input after the other, over connections of its own. */
export class FuzzWorker {
  readonly #parts: WorkerParts
  readonly #world: FuzzWorld
  #socket: RawSocket | null = null
  #namespace: FuzzNamespace = '/cli'

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.#world = new FuzzWorld(parts.target, parts.random)
  }

  async send(inputs: number): Promise<void> {
    for (let left = inputs; left > 0 && this.#parts.goesOn();)
      left -= chance(this.#parts.random, 0.2) ? await this.#requests(left) : await this.#packets(left)
  }

  close(): void {
    this.#socket?.close()
    this.#socket = null
  }

  async #requests(most: number): Promise<number> {
    const count = Math.min(most, 4)
    await Promise.all(Array.from({ length: count }, () => this.#request()))
    return count
  }

  async #request(): Promise<void> {
    const bytes = fuzzRequest(this.#world)
    this.#parts.sent({ door: 'http', bytes })
    let isAnswered = false
    const connection = new RawConnection(this.#parts.port, () => (isAnswered = true))
    connection.write(bytes)
    // A request that is not whole gets no answer until the hub's patience ends; nobody waits for that here.
    if (await connection.until(() => isAnswered, UNANSWERED_MS)) this.#parts.answered()
    connection.close()
  }

  /** Some that leave the connection as it is, and then one that may end it. */
  async #packets(most: number): Promise<number> {
    const socket = await this.#joined()
    if (socket === null) return 1
    const acks: number[] = []
    let last: FuzzBytes | null = null
    let count = 0
    for (; last === null && count < Math.min(most, GROUP); count += 1) {
      const input = fuzzPacket(this.#world, this.#namespace)
      if (input.ack !== undefined) acks.push(input.ack)
      if (input.ends) last = input
      else this.#write(socket, input)
    }
    if (socket.isOpen) await this.#sync(socket, acks)
    if (last === null) return count
    this.#write(socket, last)
    await socket.end(ENDING_MS)
    return count
  }

  #write(socket: RawSocket, { bytes }: FuzzBytes): void {
    this.#parts.sent({ door: 'socket', bytes })
    socket.write(bytes)
  }

  /** Waits until the hub has looked at everything that was sent, and has answered what has to be answered. */
  async #sync(socket: RawSocket, acks: readonly number[]): Promise<void> {
    const { silent, answered, patienceMs } = this.#parts
    const id = this.#world.newAck()
    const last = this.#namespace === '/cli' ? '["ping",{}]' : '["watch",{}]'
    const to = `${this.#namespace},${id}`
    if (await socket.ask(textFrame(`42${to}${last}`), `43${to}[`, patienceMs)) answered()
    else if (socket.isOpen) silent('a right event after other packets was not answered')
    for (const ack of await socket.acks(acks, patienceMs))
      silent(`the event with the ack ${ack} was not answered`)
  }

  /** The connection that is there, or a new one; null where a new one came with a mistake in it. */
  async #joined(): Promise<RawSocket | null> {
    if (this.#socket?.isOpen === true) return this.#socket
    this.#socket = null
    const socket = new RawSocket(this.#parts.port, (version) => this.#world.sawVersion(version))
    if ((await this.#upgrade(socket)) && (await this.#join(socket))) this.#socket = socket
    else socket.close()
    return this.#socket
  }

  async #upgrade(socket: RawSocket): Promise<boolean> {
    const { random } = this.#parts
    const isRight = chance(random, 0.9)
    const request = isRight ? upgradeRequest(RIGHT_QUERY) : oddUpgrade(random)
    if (!isRight) this.#parts.sent({ door: 'connect', bytes: request })
    return this.#opens(socket, { isRight, bytes: request, answer: '0{"sid"' })
  }

  async #join(socket: RawSocket): Promise<boolean> {
    const { random, target } = this.#parts
    const isRight = chance(random, 0.93)
    this.#namespace = chance(random, 0.85) ? '/cli' : '/watch'
    const bytes = textFrame(
      `40${this.#namespace},${isRight ? rightAuth(this.#world) : oddAuth(random, target)}`,
    )
    if (!isRight) this.#parts.sent({ door: 'connect', bytes })
    return this.#opens(socket, { isRight, bytes, answer: `40${this.#namespace},{"sid"` })
  }

  async #opens(
    socket: RawSocket,
    { isRight, bytes, answer }: { isRight: boolean; bytes: Buffer; answer: string },
  ): Promise<boolean> {
    const opens = await socket.ask(bytes, answer, isRight ? this.#parts.patienceMs : UNANSWERED_MS)
    if (!opens && isRight) this.#parts.silent(`a right connection was not answered ${answer}`)
    return opens
  }
}

function textFrame(text: string): Buffer {
  return webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from(text) })
}

function upgradeRequest(query: string, more: readonly string[] = []): Buffer {
  const lines = [
    `GET /socket.io/?${query} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...more,
  ]
  return Buffer.from([...lines, '', ''].join('\r\n'))
}

function oddUpgrade(random: Random): Buffer {
  const right = RIGHT_QUERY
  const odd = [
    upgradeRequest('EIO=3&transport=websocket'),
    upgradeRequest('EIO=4&transport=polling'),
    upgradeRequest('EIO=4'),
    upgradeRequest('%ff%fe'),
    upgradeRequest(`${right}&sid=unknown`),
    upgradeRequest(right, ['Origin: http://evil.example']),
    upgradeRequest(right, ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99']),
    upgradeRequest(right, ['Sec-WebSocket-Protocol: ,,,']),
    upgradeRequest(
      right,
      Array.from({ length: 150 }, (_, at) => `X-${at}: y`),
    ),
    Buffer.from(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n',
    ),
  ]
  return odd[below(random, odd.length)] ?? upgradeRequest(right)
}

function rightAuth(world: FuzzWorld): string {
  const { random, target } = world
  const who = chance(random, 0.7)
    ? { clientType: 'session-scoped', sessionId: world.session() }
    : { clientType: 'machine-scoped', machineId: target.machine }
  const features = chance(random, 0.5) ? { features: ['patches', 'of-tomorrow'] } : {}
  return JSON.stringify({ token: target.token, ...who, ...features })
}

function oddAuth(random: Random, { token }: FuzzTarget): string {
  const odd = [
    '',
    '[]',
    '"x"',
    '{}',
    'null',
    '{"token":7}',
    '{"token":{"toString":"x"}}',
    `{"token":"${'t'.repeat(10_000)}"}`,
    `{"token":"${token.slice(0, 20)}","clientType":"session-scoped"}`,
    `{"token":"${token}"}`,
    `{"token":"${token}","clientType":"person"}`,
    `{"token":"${token}","clientType":"session-scoped","sessionId":{"__proto__":1}}`,
    `{"token":"${token}","clientType":"session-scoped","features":"patches"}`,
    `{"token":"${token}\\u0000","clientType":"session-scoped"}`,
    `{"token":"${token}","clientType":"machine-scoped","machineId":"${'m'.repeat(100_000)}"}`,
  ]
  return odd[below(random, odd.length)] ?? ''
}
