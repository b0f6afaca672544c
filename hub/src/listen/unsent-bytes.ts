import type { Socket } from 'socket.io'
import { runtimeTransport } from './runtime-transport.ts'

/** A packet that the engine holds until the one before it is on its way. */
interface HeldPacket {
  readonly data?: string | { readonly byteLength: number }
}

interface Counted {
  packets: number
  bytes: number
}

/**
 * What was sent to a connection and is still in this process: what the engine holds, which it counts in packets, and
 * what the runtime holds. A text is counted by its length, which for what is not ASCII is a little less than its bytes.
 */
export class UnsentBytes {
  /** An engine's list only grows until another one takes its place, so each of its packets is looked at once. */
  readonly #counted = new WeakMap<readonly HeldPacket[], Counted>()

  of(socket: Socket): number {
    const transport = runtimeTransport(socket)
    const inRuntime = transport?.getBufferedAmount?.() ?? transport?.bufferedAmount ?? 0
    return inRuntime + this.#heldBytes(Reflect.get(socket.conn, 'writeBuffer') as readonly HeldPacket[])
  }

  #heldBytes(held: readonly HeldPacket[]): number {
    const counted = this.#counted.get(held) ?? { packets: 0, bytes: 0 }
    for (const packet of held.slice(counted.packets)) counted.bytes += sizeOf(packet)
    counted.packets = held.length
    this.#counted.set(held, counted)
    return counted.bytes
  }
}

function sizeOf({ data }: HeldPacket): number {
  if (data === undefined) return 0
  return typeof data === 'string' ? data.length : data.byteLength
}
