import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Server, type Socket } from 'socket.io'
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
import { upgradeRefusal } from './upgrade-refusal.ts'
import { unreadableRequest } from './unreadable-request.ts'
import { urlOf } from './url-of.ts'

/** Node's own HTTP server with socket.io on it. */
export function openNodeFrontDoor(parts: FrontDoorParts): FrontDoor {
  const server = httpServer(parts)
  const io = new Server(server, {
    ...ENGINE_SETTINGS,
    ...SERVER_SETTINGS,
    path: SOCKET_PATH,
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    allowRequest: (request, answer) => {
      const refusal = upgradeRefusal(parts, { host: request.headers.host, origin: request.headers.origin })
      answer(refusal?.message ?? null, refusal === null)
    },
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
      await io.close()
      server.closeAllConnections()
      if (server.listening) server.close()
    },
  }
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
