import { io, type Socket } from 'socket.io-client'

/** What a client says of itself when it connects. */
export interface Auth {
  readonly token?: string
  readonly clientType?: 'session-scoped' | 'machine-scoped'
  readonly sessionId?: string
  readonly machineId?: string
  readonly features?: readonly string[]
  readonly runId?: string
}

export interface Heard {
  readonly event: string
  readonly payload: unknown
}

/** Far longer than anything here takes; only a failing test waits for it. */
const PATIENCE_MS = 20_000

/** A client of the real library, with everything that it hears kept. */
export class TestClient implements Disposable {
  readonly heard: Heard[] = []
  readonly #socket: Socket
  readonly #ends: string[] = []
  #wasConnected = false
  readonly #refusals: (Error & { data?: unknown })[] = []

  constructor(url: string, auth: object) {
    this.#socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth })
    this.#socket.onAny((event: string, payload: unknown) => this.heard.push({ event, payload }))
    this.#socket.on('disconnect', (reason) => this.#ends.push(reason))
    this.#socket.on('connect_error', (error) => this.#refusals.push(error))
    this.#socket.on('connect', () => (this.#wasConnected = true))
    // The end of a connection that was there is told by the socket, with what the hub said of it.
    this.#socket.io.on('close', (reason) => void (this.#wasConnected || this.#ends.push(reason)))
  }

  get id(): string {
    return this.#socket.id ?? ''
  }

  connected(): Promise<void> {
    return until('it is connected', () => this.#socket.connected)
  }

  /** What it was told when it was not let in; null where its transport was closed without a word. */
  async refusal(): Promise<{ readonly message: string; readonly data: unknown } | null> {
    await until('it is refused', () => this.#refusals.length > 0 || this.#ends.length > 0)
    const [error] = this.#refusals
    return error === undefined ? null : { message: error.message, data: error.data }
  }

  /** Why the connection ended. */
  async ended(): Promise<string> {
    await until('the connection ends', () => this.#ends.length > 0)
    return this.#ends[0] ?? ''
  }

  /** The ack, which must come. */
  ask(event: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#socket.timeout(PATIENCE_MS).emitWithAck(event, ...args)
  }

  /** The arguments of the ack, one after the other. */
  askAll(event: string, ...args: readonly unknown[]): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.#socket.emit(event, ...args, (...answer: readonly unknown[]) => resolve(answer))
    })
  }

  tell(event: string, ...args: readonly unknown[]): void {
    this.#socket.emit(event, ...args)
  }

  /** Everything that it sent before was looked at, and what that waited for has come about. */
  async settled(): Promise<void> {
    await this.ask('ping')
    await this.ask('ping')
  }

  answers(method: string, answer: (params: string) => unknown): void {
    this.#socket.on(
      'rpc-request',
      (call: { method: string; params: string }, ack: (answer: unknown) => void) => {
        if (call.method === method) ack(answer(call.params))
      },
    )
  }

  /** The first that it hears of this event, now or later. */
  async hears(event: string): Promise<unknown> {
    await until(`it hears ${event}`, () => this.heard.some((heard) => heard.event === event))
    return this.heard.find((heard) => heard.event === event)?.payload
  }

  all(event: string): unknown[] {
    return this.heard.filter((heard) => heard.event === event).map(({ payload }) => payload)
  }

  [Symbol.dispose](): void {
    this.#socket.disconnect()
  }
}

/** Waits for something that comes about by itself. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const start = performance.now()
  while (!isSo()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
