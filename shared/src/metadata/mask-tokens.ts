import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { maskToken, SHOWN_OF_TOKEN } from './mask-token.ts'

/** How fields that hold the id of an agent's conversation are named, wherever they stand and whether we know the agent. */
const TOKEN_NAME = /SessionId$/

/** Fields with every resume token masked, also where one of them stands inside another text. */
export function maskTokens(fields: JsonObject): JsonObject {
  const tokens = tokensIn(fields)
  return tokens.length === 0 ? fields : (masked(fields, longestFirst(tokens)) as JsonObject)
}

/** So that a token which begins another one does not leave the rest of that behind. */
function longestFirst(tokens: readonly string[]): string[] {
  return [...new Set(tokens)].toSorted((one, other) => other.length - one.length)
}

function tokensIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member !== 'string'
      ? tokensIn(member)
      : TOKEN_NAME.test(name) && member.length > SHOWN_OF_TOKEN
        ? [member]
        : [],
  )
}

/** Stored metadata is at most 32 levels deep. */
function masked(value: Json, tokens: readonly string[]): Json {
  if (typeof value === 'string') return maskedText(value, tokens)
  if (Array.isArray(value)) return value.map((item) => masked(item, tokens))
  if (!isJsonObject(value)) return value
  const members = Object.entries(value)
  return Object.fromEntries(
    members.map(([name, member]) => [maskedText(name, tokens), masked(member, tokens)]),
  )
}

function maskedText(text: string, tokens: readonly string[]): string {
  return tokens.reduce((shown, token) => shown.replaceAll(token, () => maskToken(token)), text)
}
