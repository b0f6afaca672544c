import type { Socket } from 'socket.io'
import { runtimeTransport } from './runtime-transport.ts'

/** A packet that the engine holds until the one before it is on its way. */
interface HeldPacket {
  readonly data?: string | { readonly byteLength: number }
}

/**
 * What was sent to a connection and is still in this process: what the engine holds, which it counts in packets, and
 * what the runtime holds. A text is counted by its length, which for what is not ASCII is a little less than its bytes.
 */
export function unsentBytes(socket: Socket): number {
  const transport = runtimeTransport(socket)
  const inRuntime = transport?.getBufferedAmount?.() ?? transport?.bufferedAmount ?? 0
  const held = Reflect.get(socket.conn, 'writeBuffer') as readonly HeldPacket[]
  return held.reduce((bytes, packet) => bytes + sizeOf(packet), inRuntime)
}

function sizeOf({ data }: HeldPacket): number {
  if (data === undefined) return 0
  return typeof data === 'string' ? data.length : data.byteLength
}
