import { createHash } from 'node:crypto'

/** Tokens are long and random, so that a plain hash of one gives nothing away. */
export function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest()
}
