import { expect, test } from 'vitest'
import { WebSocketFrames, type WebSocketMessage } from './web-socket-frames.ts'

interface FrameParts {
  readonly text: string
  readonly opcode?: number
  readonly final?: boolean
  readonly mask?: Buffer
  readonly compressed?: boolean
}

/** A frame as a peer would send it. */
function frame({ text, opcode = 1, final = true, mask, compressed = false }: FrameParts): Buffer {
  const payload = Buffer.from(text)
  const first = (final ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode
  const masked = mask === undefined ? 0 : 0x80
  const head =
    payload.length < 126
      ? Buffer.from([first, masked | payload.length])
      : payload.length < 65_536
        ? Buffer.from([first, masked | 126, payload.length >> 8, payload.length & 0xff])
        : longHead(first, masked, payload.length)
  if (mask === undefined) return Buffer.concat([head, payload])
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ mask.readUInt8(at % 4))])
}

function longHead(first: number, masked: number, length: number): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt8(first, 0)
  head.writeUInt8(masked | 127, 1)
  head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

const textsOf = (messages: readonly WebSocketMessage[]): string[] =>
  messages.map(({ payload }) => payload.toString())

test.each([
  ['a short one', 'short'],
  ['a longer one', 'x'.repeat(200)],
  ['a long one', 'é'.repeat(70_000)],
])('[CO2] the tap reads %s, masked and not, byte by byte and at once', (_name, text) => {
  const bytes = Buffer.concat([frame({ text }), frame({ text, mask: Buffer.from([1, 2, 3, 4]) })])
  expect(textsOf(new WebSocketFrames().read(bytes))).toEqual([text, text])
  const slow = new WebSocketFrames()
  const step = Math.ceil(bytes.length / 50)
  const read: string[] = []
  for (let at = 0; at < bytes.length; at += step)
    read.push(...textsOf(slow.read(bytes.subarray(at, at + step))))
  expect(read).toEqual([text, text])
})

test('[CO2] the tap puts the parts of a message together, around what keeps the connection', () => {
  const frames = new WebSocketFrames()
  const parts = [
    frame({ text: 'one, ', final: false }),
    frame({ text: 'are you there', opcode: 9 }),
    frame({ text: 'two', opcode: 0 }),
  ]
  const messages = frames.read(Buffer.concat(parts))
  expect(messages.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
    [9, 'are you there'],
    [1, 'one, two'],
  ])
})

test('[CO2] the tap says of a message that an extension has changed it', () => {
  const [message] = new WebSocketFrames().read(frame({ text: 'x', compressed: true }))
  expect(message?.compressed).toBe(true)
})
