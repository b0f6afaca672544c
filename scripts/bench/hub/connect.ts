import { io, type Socket } from 'socket.io-client'

export interface Connecting {
  readonly url: string
  readonly token: string
  readonly session: string
  /** A client of ours takes changes as patches; the others are as released clients are. */
  readonly ours: boolean
}

const PATIENCE_MS = 60_000

/** A socket that speaks for a session. It does not come back by itself: an end of it is the end of the measurement. */
export function connect({ url, token, session, ours }: Connecting): Promise<Socket> {
  const socket = io(`${url}/cli`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: PATIENCE_MS,
    auth: {
      token,
      clientType: 'session-scoped',
      sessionId: session,
      ...(ours ? { features: ['patches'] } : {}),
    },
  })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', (error) => {
      reject(new Error(`A socket could not connect to ${url}: ${error.message}`))
    })
  })
}

/** So many at a time: a server that is asked for thousands at once is measured at something else. */
const AT_ONCE = 64

export async function connectAll(count: number, one: (at: number) => Promise<Socket>): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let from = 0; from < count; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => one(from + at))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}
