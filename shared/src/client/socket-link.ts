import { io, type Socket } from 'socket.io-client'
import { HoldfastError } from '../errors/holdfast-error.ts'
import type { HandshakeAuth } from '../protocol/handshake-auth.ts'
import { hubError } from './hub-error.ts'
import { hubUrl } from './http/hub-url.ts'
import type { Dial, Link, LinkListener } from './link.ts'

const NAMESPACE = '/cli'
const OPEN_MS = 10_000

export interface SocketLinkParts {
  readonly url: string
  readonly auth: HandshakeAuth
}

/** A link over socket.io. The library's own reconnecting, retrying and buffering are all off: they send stale things twice. */
class SocketLink implements Link {
  readonly #socket: Socket
  readonly #listener: LinkListener
  #isDown = false

  constructor({ url, auth }: SocketLinkParts, listener: LinkListener) {
    this.#listener = listener
    this.#socket = io(`${hubUrl(url).origin}${NAMESPACE}`, {
      transports: ['websocket'],
      timeout: OPEN_MS,
      auth,
      reconnection: false,
      autoConnect: false,
      forceNew: true,
    })
    this.#socket.on('connect', () => {
      if (!this.#isDown) listener.onUp()
    })
    this.#socket.on('connect_error', (error) => this.#down(refusalIn(error)))
    this.#socket.on('disconnect', (reason) =>
      this.#down(new HoldfastError('hub_unreachable', `The connection to the hub ended: ${reason}.`)),
    )
    this.#socket.onAny((event: string, ...given: unknown[]) => this.#told(event, given))
    this.#socket.connect()
  }

  async ask(event: string, payload: object | undefined, timeoutMs: number): Promise<unknown> {
    // The library would keep it for a later connection.
    if (!this.#socket.connected) throw new HoldfastError('hub_unreachable', 'The hub is not connected.')
    const said = payload === undefined ? [] : [payload]
    return (await this.#socket.timeout(timeoutMs).emitWithAck(event, ...said)) as unknown
  }

  tell(event: string, payload: object): void {
    if (this.#socket.connected) this.#socket.emit(event, payload)
  }

  tellNow(event: string, payload: object): void {
    if (this.#socket.connected) this.#socket.volatile.emit(event, payload)
  }

  close(): void {
    this.#isDown = true
    this.#socket.disconnect()
  }

  #down(why: HoldfastError): void {
    if (this.#isDown) return
    this.close()
    this.#listener.onDown(why)
  }

  #told(event: string, given: readonly unknown[]): void {
    if (this.#isDown) return
    const ack = given.at(-1)
    const reply = typeof ack === 'function' ? (answer: unknown): void => void ack(answer) : () => undefined
    this.#listener.onEvent(event, given[0], reply)
  }
}

/** The hub's own refusal carries a code; everything else only says that there was no way through. */
function refusalIn(error: Error & { readonly data?: unknown }): HoldfastError {
  const { data } = error
  if (typeof data === 'object' && data !== null && 'code' in data) return hubError(data.code, error.message)
  return new HoldfastError('hub_unreachable', 'The hub could not be reached.', { cause: error })
}

export function socketDialer(parts: SocketLinkParts): Dial {
  return (listener) => new SocketLink(parts, listener)
}
