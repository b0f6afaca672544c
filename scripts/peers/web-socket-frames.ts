/** A whole WebSocket message. `compressed` where the first frame says that an extension has changed its payload. */
export interface WebSocketMessage {
  readonly opcode: number
  readonly compressed: boolean
  readonly payload: Buffer
}

interface Frame {
  readonly final: boolean
  readonly compressed: boolean
  readonly opcode: number
  readonly payload: Buffer
  readonly length: number
}

const CONTROL = 0x8

/** Reads the messages out of one direction of a WebSocket connection, however the bytes come in. */
export class WebSocketFrames {
  #bytes = Buffer.alloc(0)
  #parts: Frame[] = []

  read(chunk: Buffer): WebSocketMessage[] {
    const messages: WebSocketMessage[] = []
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    for (let frame = frameAt(this.#bytes); frame !== null; frame = frameAt(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(frame.length)
      // Control frames come whole, also between the parts of a message.
      if (frame.opcode >= CONTROL) messages.push(messageOf([frame]))
      else this.#parts.push(frame)
      if (frame.opcode >= CONTROL || !frame.final) continue
      messages.push(messageOf(this.#parts))
      this.#parts = []
    }
    return messages
  }
}

function messageOf(frames: readonly Frame[]): WebSocketMessage {
  const payload = Buffer.concat(frames.map((frame) => frame.payload))
  return { opcode: frames[0]?.opcode ?? 0, compressed: frames[0]?.compressed ?? false, payload }
}

/** The frame that the bytes begin with; null while it is not there whole. */
function frameAt(bytes: Buffer): Frame | null {
  const head = headOf(bytes)
  if (head === null || bytes.length < head.start + head.size) return null
  const payload = Buffer.from(bytes.subarray(head.start, head.start + head.size))
  if (head.mask !== null)
    for (const [at, byte] of payload.entries()) payload[at] = byte ^ head.mask.readUInt8(at % 4)
  const first = bytes.readUInt8(0)
  return {
    final: (first & 0x80) !== 0,
    compressed: (first & 0x40) !== 0,
    opcode: first & 0x0f,
    payload,
    length: head.start + head.size,
  }
}

interface Head {
  readonly start: number
  readonly size: number
  readonly mask: Buffer | null
}

function headOf(bytes: Buffer): Head | null {
  if (bytes.length < 2) return null
  const second = bytes.readUInt8(1)
  const short = second & 0x7f
  const extra = short === 127 ? 8 : short === 126 ? 2 : 0
  const masked = (second & 0x80) !== 0
  const start = 2 + extra + (masked ? 4 : 0)
  if (bytes.length < start) return null
  const size = extra === 8 ? Number(bytes.readBigUInt64BE(2)) : extra === 2 ? bytes.readUInt16BE(2) : short
  return { start, size, mask: masked ? bytes.subarray(start - 4, start) : null }
}
