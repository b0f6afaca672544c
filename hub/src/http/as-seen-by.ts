import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import type { SessionRecord } from '@holdfast/shared/records/session'
import { mayDo, type Caller } from '../auth/caller.ts'

/** Of a resume token, what is enough to tell it from others and too little to use it. */
const SHOWN = 8

/** How fields that hold the id of an agent's conversation are named, wherever they stand and whether we know the agent. */
const TOKEN_NAME = /SessionId$/

/**
 * Resume tokens are for those who may resume; who may only read is shown their beginnings, also where a token stands
 * inside another text. The agent state, which is free text of the agent's, is not shown to them at all.
 */
export function asSeenBy(caller: Caller, record: SessionRecord): SessionRecord {
  if (mayDo(caller, 'agent')) return record
  const tokens = [...new Set(tokensIn(record.metadata))].toSorted((one, other) => other.length - one.length)
  return { ...record, metadata: masked(record.metadata, tokens) as JsonObject, agentState: null }
}

function tokensIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member !== 'string'
      ? tokensIn(member)
      : TOKEN_NAME.test(name) && member.length > SHOWN
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
  return tokens.reduce((shown, token) => shown.replaceAll(token, () => `${token.slice(0, SHOWN)}…`), text)
}
