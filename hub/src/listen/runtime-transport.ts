import type { Socket } from 'socket.io'

/** What both engines have under a connection: on Node the socket of `ws`, on Bun its own. */
export interface RuntimeTransport {
  readonly bufferedAmount?: number
  getBufferedAmount?(): number
  terminate?(): void
}

/** Undefined where the transport is gone. */
export function runtimeTransport({ conn }: Socket): RuntimeTransport | undefined {
  return (conn.transport as { readonly socket?: RuntimeTransport } | undefined)?.socket
}
