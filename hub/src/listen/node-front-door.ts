import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket as Connection } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Server, type Socket } from 'socket.io'
import { within } from '../within.ts'
import {
  ENGINE_SETTINGS,
  HTTP_SETTINGS,
  MAX_HEADERS,
  SERVER_SETTINGS,
  SOCKET_PATH,
} from './engine-settings.ts'
import type { FrontDoor, FrontDoorParts } from './front-door.ts'
import { listenFailure } from './listen-failure.ts'
import { peerAddress } from './peer-address.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { upgradeRefusal } from './upgrade-refusal.ts'
import { unreadableRequest } from './unreadable-request.ts'
import { urlOf } from './url-of.ts'

/** What a connection has for reading the last of what it was sent, and for ending its own side. */
const READ_MS = 500

/** Node's own HTTP server with socket.io on it. */
export function openNodeFrontDoor(parts: FrontDoorParts): FrontDoor {
  const server = httpServer(parts)
  const connections = connectionsOf(server)
  const io = new Server(server, {
    ...ENGINE_SETTINGS,
    ...SERVER_SETTINGS,
    path: SOCKET_PATH,
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    // The engine would leave those open for a second without a listener to their errors, and then end its own side only.
    destroyUpgrade: false,
    allowRequest: (request, answer) => {
      const refusal = upgradeRefusal(parts, { host: request.headers.host, origin: request.headers.origin })
      answer(refusal?.message ?? null, refusal === null)
    },
  })
  server.on('upgrade', (request, connection) => {
    if (!isSocketRequest(request)) refuseUpgrade(connection)
  })
  return {
    io,
    addressOf: (socket: Socket) => peerAddress(socket.handshake.address),
    listen: () => listen(server, parts),
    stopAccepting: () => {
      server.close()
      server.closeIdleConnections()
    },
    async [Symbol.asyncDispose]() {
      const closed = io.close()
      server.closeIdleConnections()
      await within(closed, READ_MS)
      for (const connection of connections) connection.destroy()
      await closed
    },
  }
}

/** Those that are open, also those that are a socket's and no longer the HTTP server's. */
function connectionsOf(server: HttpServer): ReadonlySet<Connection> {
  const open = new Set<Connection>()
  server.on('connection', (connection) => {
    open.add(connection)
    connection.once('close', () => open.delete(connection))
  })
  return open
}

/** As the engine tells which requests are its own. */
function isSocketRequest({ url }: IncomingMessage): boolean {
  return url?.startsWith(SOCKET_PATH) === true
}

function httpServer({ http }: FrontDoorParts): HttpServer {
  const listener = getRequestListener(
    (request, { incoming }) => http(request, peerAddress((incoming as IncomingMessage).socket.remoteAddress)),
    { overrideGlobalObjects: false, errorHandler: unreadableRequest },
  )
  const server = createServer(HTTP_SETTINGS, (incoming, outgoing) => void listener(incoming, outgoing))
  server.maxHeadersCount = MAX_HEADERS
  return server
}

async function listen(server: HttpServer, { host, port }: FrontDoorParts): Promise<string> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenFailure(error, { host, port })
  }
  return urlOf(host, (server.address() as AddressInfo).port)
}
