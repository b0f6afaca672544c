/** Where clients of the released protocol look for the socket; only this very path is it. */
export const SOCKET_PATH = '/socket.io/'

/** Released clients keep every tool call of a session in its agent state, and send it in one frame. */
export const MAX_FRAME_BYTES = 48 * 1024 * 1024

export const ENGINE_SETTINGS = {
  pingInterval: 20_000,
  pingTimeout: 20_000,
  maxHttpBufferSize: MAX_FRAME_BYTES,
} as const

export const SERVER_SETTINGS = {
  /** A connection that never says who it is goes soon. */
  connectTimeout: 5_000,
  /** Recovery would let a client back in without asking again who it is. */
  serveClient: false,
} as const

/** How slowly a request may arrive, and how much of it may be headers. */
export const HTTP_SETTINGS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const
export const MAX_HEADERS = 100
