import { below, pick, type Random } from '../../random.ts'

const BYTES = [0x00, 0x0a, 0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x80, 0xc0, 0xff]

/** The same bytes with one accident: some lost, some twice, some changed, or the end cut off. */
export function spoiltBytes(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from([pick(random, BYTES)])
  const at = below(random, bytes.length)
  const length = 1 + below(random, Math.min(8, bytes.length - at))
  const before = bytes.subarray(0, at)
  const after = bytes.subarray(at + length)
  switch (below(random, 4)) {
    case 0:
      return Buffer.from(before)
    case 1:
      return Buffer.concat([before, after])
    case 2:
      return Buffer.concat([before, bytes.subarray(at, at + length), bytes.subarray(at, at + length), after])
    default:
      return Buffer.concat([before, Buffer.from([pick(random, BYTES)]), after])
  }
}
