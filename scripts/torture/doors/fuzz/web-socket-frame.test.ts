import { describe, expect, test } from 'vitest'
import { WebSocketFrames } from '../../../peers/web-socket-frames.ts'
import { OPCODE, webSocketFrame } from './web-socket-frame.ts'

function read(bytes: Buffer): string[] {
  return new WebSocketFrames().read(bytes).map(({ opcode, payload }) => `${opcode}:${payload.toString()}`)
}

describe('a frame', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
    'of %d bytes is what a reader of frames reads',
    (length) => {
      const text = 'x'.repeat(length)
      for (const isMasked of [true, false])
        expect(read(webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from(text), isMasked }))).toEqual([
          `1:${text}`,
        ])
    },
  )

  test('may be a part of a message', () => {
    const parts = [
      webSocketFrame({ opcode: OPCODE.text, payload: Buffer.from('ab'), isFinal: false }),
      webSocketFrame({ opcode: OPCODE.ping, payload: Buffer.from('?') }),
      webSocketFrame({ opcode: OPCODE.continuation, payload: Buffer.from('cd') }),
    ]
    expect(read(Buffer.concat(parts))).toEqual(['9:?', '1:abcd'])
  })

  test('may say what no frame should', () => {
    const odd = webSocketFrame({ opcode: 5, payload: Buffer.from('a'), reserved: 5, saidLength: 2n ** 63n })
    expect(odd.readUInt8(0)).toBe(0b1101_0101)
    expect(odd.readUInt8(1)).toBe(0xff)
    expect(odd.readBigUInt64BE(2)).toBe(2n ** 63n)
  })
})
