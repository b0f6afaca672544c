import { PATCHES_FEATURE } from '../protocol/handshake-auth.ts'
import { HubHttp } from './http/hub-http.ts'
import { realOutside } from './real-outside.ts'
import { SessionClient, type SessionClientParts } from './session-client.ts'
import { socketDialer } from './socket-link.ts'

export interface OpenSessionClient extends Pick<SessionClientParts, 'sessionId' | 'base' | 'giveUpAfterMs'> {
  /** The hub: scheme, host and port. */
  readonly url: string
  readonly token: string
}

/** Connects to a session that the hub has. It is usable at once; `ready` tells when its metadata is here. */
export function openSessionClient({ url, token, ...rest }: OpenSessionClient): SessionClient {
  const { sessionId } = rest
  const http = new HubHttp({ url, token, outside: realOutside, fetch: (target, init) => fetch(target, init) })
  const auth = { token, clientType: 'session-scoped' as const, sessionId, features: [PATCHES_FEATURE] }
  const client = new SessionClient({
    ...rest,
    outside: realOutside,
    dial: socketDialer({ url, auth }),
    readSession: (signal) => http.readSession(sessionId, signal),
  })
  client.start()
  return client
}
