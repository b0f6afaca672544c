/** What is said over a socket.io connection, as far as it concerns a namespace: the text of one WebSocket message. */
export type SocketIoPacket =
  | {
      readonly type: 'connect' | 'disconnect' | 'connect-error'
      readonly namespace: string
      readonly data: unknown
    }
  | {
      readonly type: 'event'
      readonly namespace: string
      readonly id: number | null
      readonly name: string
      readonly args: readonly unknown[]
    }
  | {
      readonly type: 'ack'
      readonly namespace: string
      readonly id: number
      readonly args: readonly unknown[]
    }

const MESSAGE = '4'
const PACKET = /^4(?<type>[0-6])(?:(?<namespace>\/[^,]*),)?(?<id>\d+)?(?<json>[[{"].*)?$/s

/** Null for what keeps the connection itself going. Binary attachments are not part of this protocol. */
export function readSocketIoPacket(text: string): SocketIoPacket | null {
  if (!text.startsWith(MESSAGE)) return null
  const groups = PACKET.exec(text)?.groups
  if (groups === undefined) throw new Error(`This is no packet of socket.io: ${text.slice(0, 80)}`)
  const namespace = groups['namespace'] ?? '/'
  const data: unknown = groups['json'] === undefined ? undefined : JSON.parse(groups['json'])
  const id = groups['id'] === undefined ? null : Number(groups['id'])
  switch (groups['type'] ?? '') {
    case '0':
      return { type: 'connect', namespace, data }
    case '1':
      return { type: 'disconnect', namespace, data }
    case '4':
      return { type: 'connect-error', namespace, data }
    case '2': {
      const [name, ...args] = listOf(data, text)
      return { type: 'event', namespace, id, name: String(name), args }
    }
    case '3':
      return { type: 'ack', namespace, id: id ?? -1, args: listOf(data, text) }
    default:
      throw new Error(`This packet of socket.io carries bytes: ${text.slice(0, 80)}`)
  }
}

function listOf(data: unknown, text: string): readonly unknown[] {
  if (Array.isArray(data)) return data
  throw new Error(`This packet of socket.io carries no list: ${text.slice(0, 80)}`)
}
