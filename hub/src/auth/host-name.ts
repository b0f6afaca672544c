import { isIP } from 'node:net'

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/
const MAX_LENGTH = 253

/**
 * A host as browsers write it into Host and Origin: in lower case, IPv6 shortened and in brackets. Null for what is no
 * host alone, and for names that browsers take for an address written in another way (`127.1`, `0x7f.1`).
 */
export function hostName(text: string): string | null {
  const lower = text.toLowerCase()
  const bare = lower.startsWith('[') && lower.endsWith(']') ? lower.slice(1, -1) : lower
  if (isIP(bare) === 6) return bare.includes('%') ? null : new URL(`http://[${bare}]/`).hostname
  if (bare !== lower || lower.length > MAX_LENGTH || !isAscii(text)) return null
  if (isIP(lower) === 4) return lower
  const labels = lower.split('.')
  const isName = labels.every((label) => LABEL.test(label)) && !NUMBER.test(labels.at(-1) ?? '')
  return isName ? lower : null
}

/** Before lower-casing, which turns some other letters into ASCII ones. */
function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text)
}
