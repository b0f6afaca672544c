import type { IncomingHttpHeaders } from 'node:http'
import type { SocketIoPacket } from './socket-io-packet.ts'

/** One thing that was said between the released client and our hub, in the order in which it passed. */
export type WireRecord =
  | {
      readonly kind: 'exchange'
      readonly method: string
      readonly path: string
      readonly body: string
      readonly status: number
      readonly headers: IncomingHttpHeaders
      readonly answer: string
    }
  | {
      readonly kind: 'packet'
      readonly connection: number
      readonly from: 'client' | 'hub'
      readonly packet: SocketIoPacket
    }
  | { readonly kind: 'unreadable'; readonly from: 'client' | 'hub'; readonly why: string }
