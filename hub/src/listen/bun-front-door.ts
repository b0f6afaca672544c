import { ERRORS } from '@holdfast/shared/errors/codes'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { Server as Engine } from '@socket.io/bun-engine'
import { Server, type Socket } from 'socket.io'
import { bunServe, type BunServer } from './bun-server.ts'
import { ENGINE_SETTINGS, MAX_FRAME_BYTES, SERVER_SETTINGS, SOCKET_PATH } from './engine-settings.ts'
import type { FrontDoor, FrontDoorParts } from './front-door.ts'
import { listenFailure } from './listen-failure.ts'
import { peerAddress } from './peer-address.ts'
import { untilRead, type EngineConnection } from './until-read.ts'
import { upgradeRefusal } from './upgrade-refusal.ts'
import { unreadableRequest } from './unreadable-request.ts'
import { urlOf } from './url-of.ts'

/** What a stalled reader may leave unsent before its connection ends: the largest frame and a little. */
const UNSENT_BYTES = MAX_FRAME_BYTES + 1024 * 1024

/** Node waits by itself until both sides have ended a connection; Bun does not. */
const READ_MS = 500

/** Sixteen bytes in base64. */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/

/** What of the engine is used. Its own types are written against Bun's, which are not here. */
interface BunEngine {
  readonly clients: ReadonlyMap<string, EngineConnection>
  on(event: 'connection', listener: (connection: object, request: Request) => void): void
  handleRequest(request: Request, server: BunServer): Promise<Response>
  handler(): { readonly websocket: object; readonly idleTimeout: number }
  close(): void
}

/** Bun's own server, with the socket engine that is made for it. */
export function openBunFrontDoor(parts: FrontDoorParts): FrontDoor {
  const { io, engine, addresses } = openSockets()
  let server: BunServer | null = null
  return {
    io,
    addressOf: (socket: Socket) => addresses.of(socket.conn),
    listen: async () => {
      server = serve(parts, { engine, addresses })
      return urlOf(parts.host, server.port)
    },
    stopAccepting: () => void server?.stop(),
    async [Symbol.asyncDispose]() {
      await untilRead(engine.clients.values(), READ_MS)
      await io.close()
      engine.close()
      await server?.stop(true)
    },
  }
}

/** A connection's address can be asked for while its request is at hand, and not later. */
class Addresses {
  readonly #ofRequest = new WeakMap<Request, string>()
  readonly #ofConnection = new WeakMap<object, string>()

  note(request: Request, server: BunServer): string {
    const address = peerAddress(server.requestIP(request)?.address)
    this.#ofRequest.set(request, address)
    return address
  }

  connected(connection: object, request: Request): void {
    this.#ofConnection.set(connection, this.#ofRequest.get(request) ?? peerAddress(null))
  }

  of(connection: object): string {
    return this.#ofConnection.get(connection) ?? peerAddress(null)
  }
}

function openSockets() {
  const addresses = new Addresses()
  const engine = new Engine({ ...ENGINE_SETTINGS, path: SOCKET_PATH }) as unknown as BunEngine
  engine.on('connection', (connection, request) => addresses.connected(connection, request))
  const io = new Server({ ...SERVER_SETTINGS, path: SOCKET_PATH })
  io.bind(engine)
  return { io, engine, addresses }
}

function serve(
  parts: FrontDoorParts,
  { engine, addresses }: { engine: BunEngine; addresses: Addresses },
): BunServer {
  const { websocket, idleTimeout } = engine.handler()
  try {
    return bunServe({
      hostname: parts.host,
      port: parts.port,
      idleTimeout,
      maxRequestBodySize: MAX_FRAME_BYTES,
      websocket: {
        ...websocket,
        perMessageDeflate: false,
        backpressureLimit: UNSENT_BYTES,
        closeOnBackpressureLimit: true,
      },
      fetch: (request, server) => {
        const address = addresses.note(request, server)
        if (!isSocketRequest(request)) return parts.http(request, address)
        const refusal = socketRefusal(parts, request)
        return refusal === null ? engine.handleRequest(request, server) : refusalResponse(refusal)
      },
      error: unreadableRequest,
    })
  } catch (error) {
    throw listenFailure(error, parts)
  }
}

function isSocketRequest(request: Request): boolean {
  return URL.canParse(request.url) && new URL(request.url).pathname === SOCKET_PATH
}

function socketRefusal(parts: FrontDoorParts, request: Request): Refusal | null {
  // To the engine a request without an upgrade is one for its other transport, whichever it names.
  if (new URL(request.url).searchParams.get('transport') !== 'websocket' || !isWebSocketUpgrade(request))
    return refuse('invalid_request', 'Only the websocket transport is served.')
  const host = request.headers.get('host') ?? undefined
  const origin = request.headers.get('origin') ?? undefined
  return upgradeRefusal(parts, { host, origin })
}

/** What Bun takes for one; of anything else the engine would say that the hub is at fault. */
function isWebSocketUpgrade({ method, headers }: Request): boolean {
  const isAsked = method === 'GET' && headers.get('upgrade')?.toLowerCase() === 'websocket'
  const key = headers.get('sec-websocket-key') ?? ''
  return isAsked && WEBSOCKET_KEY.test(key) && headers.get('sec-websocket-version') === '13'
}

function refusalResponse({ code, message }: Refusal): Response {
  return Response.json({ error: message, code }, { status: ERRORS[code].http })
}
