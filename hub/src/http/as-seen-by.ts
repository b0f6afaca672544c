import type { SessionRecord } from '@holdfast/shared/records/session'
import { mayDo, type Caller } from '../auth/caller.ts'
import { TokenMask, tokensIn } from './masked-tokens.ts'

/**
 * Resume tokens are for those who may resume; who may only read is shown their beginnings, also where a token stands
 * inside another text. `known` are tokens that the session had before. The agent state, which is free text of the
 * agent's, is not shown to them at all.
 */
export function asSeenBy(
  caller: Caller,
  record: SessionRecord,
  known: readonly string[] = [],
): SessionRecord {
  if (mayDo(caller, 'agent')) return record
  const mask = new TokenMask([...tokensIn(record.metadata), ...known])
  return {
    ...record,
    tag: mask.text(record.tag),
    metadata: mask.members(record.metadata),
    agentState: null,
  }
}
