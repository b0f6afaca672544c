import type { Socket } from 'socket.io'
import { runtimeTransport } from './runtime-transport.ts'

/**
 * Ends a connection whose client does not read: what is unsent is thrown away, and nothing waits for an answer. To the
 * client it is a passing loss of its connection.
 */
export function cutTransport(socket: Socket): void {
  const transport = runtimeTransport(socket)
  if (transport?.terminate === undefined) socket.conn.close(true)
  else transport.terminate()
}
