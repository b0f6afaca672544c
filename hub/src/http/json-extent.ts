/** How deep JSON text nests, and how many values it may hold at most. */
export interface JsonExtent {
  readonly depth: number
  readonly values: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const OPENING_BRACE = 0x7b
const CLOSING_BRACKET = 0x5d
const CLOSING_BRACE = 0x7d

/**
 * Told from the bytes alone, without making anything of them: a few megabytes of brackets become gigabytes of lists once
 * they are parsed. What is no JSON gets some extent too; the parser refuses it.
 */
export function jsonExtent(bytes: Uint8Array): JsonExtent {
  let depth = 0
  let deepest = 0
  let values = 1
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at + 1)
    else if (byte === COMMA) values += 1
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      values += 1
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth -= 1
  }
  return { depth: deepest, values }
}

/** Where the quote is that ends a string; the end of the text where there is none. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}
