export interface FrameParts {
  readonly opcode: number
  readonly payload: Buffer
  readonly isFinal?: boolean
  /** The three reserved bits, which mean nothing unless both sides agreed on it. */
  readonly reserved?: number
  readonly isMasked?: boolean
  /** In the place of the payload's own length. */
  readonly saidLength?: bigint
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d])

/** A frame as a client sends it, or as no client should. */
export function webSocketFrame(parts: FrameParts): Buffer {
  const { opcode, payload, isFinal = true, reserved = 0, isMasked = true } = parts
  const first = (isFinal ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 0x0f)
  const length = lengthBytes(parts.saidLength ?? BigInt(payload.length))
  const second = (length.at(0) ?? 0) | (isMasked ? 0x80 : 0)
  const head = Buffer.from([first, second, ...length.subarray(1)])
  if (!isMasked) return Buffer.concat([head, payload])
  const masked = Buffer.from(payload)
  for (let at = 0; at < masked.length; at += 1) masked[at] = (payload[at] ?? 0) ^ (MASK[at % 4] ?? 0)
  return Buffer.concat([head, MASK, masked])
}

/** Seven bits, or a mark and two or eight bytes. */
function lengthBytes(length: bigint): Buffer {
  if (length < 126n) return Buffer.from([Number(length)])
  if (length < 65_536n) {
    const bytes = Buffer.from([126, 0, 0])
    bytes.writeUInt16BE(Number(length), 1)
    return bytes
  }
  const bytes = Buffer.alloc(9, 127)
  bytes.writeBigUInt64BE(length, 1)
  return bytes
}
