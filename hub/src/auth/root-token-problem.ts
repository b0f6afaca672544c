import { isDeviceToken } from './device-token.ts'

const LEAST = 16
const MOST = 512
const ADVICE = 'Make one with: openssl rand -hex 32'

/** What people write into a token that they mean to replace later. */
const PLACEHOLDERS =
  /change|replace|your|secret|passwo?r?d|token|key|test|demo|example|sample|default|dummy|admin|user|holdfast|hapi|hub|letmein|qwerty/g
const LEAST_DIFFERENT = 6

/** Why a text may not be the root token: the rest of a sentence, in which the text itself does not occur. */
export function rootTokenProblem(token: string): string | null {
  if (token.length < LEAST) return `must have at least ${LEAST} characters. ${ADVICE}`
  if (token.length > MOST) return `must have at most ${MOST} characters. ${ADVICE}`
  if (!/^[\x21-\x7e]+$/.test(token) || token.includes(':'))
    return `must be of visible ASCII characters, without spaces and without ":". ${ADVICE}`
  if (isDeviceToken(token)) return `must be the hub's own, but it is the token of a device. ${ADVICE}`
  if (isRepetition(token) || isGuessable(token)) return `is too easy to guess. ${ADVICE}`
  return null
}

/** The same text twice or more often. */
function isRepetition(token: string): boolean {
  return (token + token).indexOf(token, 1) < token.length
}

/** Too few different characters are left beside well-known words and runs like 12345678. */
function isGuessable(token: string): boolean {
  const rest = token.toLowerCase().replaceAll(PLACEHOLDERS, '')
  const different = new Set<string>()
  for (let at = 0; at < rest.length; at += 1) {
    const step = rest.charCodeAt(at) - rest.charCodeAt(at - 1)
    if (Math.abs(step) !== 1) different.add(rest.charAt(at))
  }
  return different.size < LEAST_DIFFERENT
}
