import { agentOf } from '../../agents/registry.ts'
import { printable } from '../../protocol/printable.ts'
import type { ResumeFacts, TokenFacts } from '../facts.ts'
import { type Finding, objects, passes } from '../finding.ts'
import { REASON_TEXTS } from '../reason-texts.ts'

const NAMED = 5

/** Whether there is a token, how sure it is that its agent has the conversation, and who else holds it. */
export function checkToken(facts: ResumeFacts): Finding {
  const agent = facts.flavor === null ? undefined : agentOf(facts.flavor)
  if (agent?.tokenField === null) {
    const message = `${agent.label} keeps no token, so its conversations can not be resumed.`
    return objects('token', 'no_token', { message, next: 'Begin a new conversation.', evidenceAt: null })
  }
  if (facts.token !== null) return checkProof(facts.token)
  if (facts.tokenDamaged) return objects('token', 'token_damaged', { evidenceAt: null })
  return facts.clearedAt === null
    ? objects('token', 'no_token', { evidenceAt: null })
    : objects('token', 'token_cleared', { evidenceAt: facts.clearedAt })
}

/** A token may be doubtful and shared at once: the check has the weightier reason, and its message says both. */
function checkProof({ proof, sharedWith, at: evidenceAt }: TokenFacts): Finding {
  const alsoShared = (message: string) =>
    sharedWith.length === 0 ? message : `${message} ${otherSessions(sharedWith)}`
  switch (proof) {
    case 'quarantined': {
      const message = alsoShared(REASON_TEXTS.token_quarantined.happened)
      return objects('token', 'token_quarantined', { message, evidenceAt })
    }
    case 'provisional': {
      const message = alsoShared(REASON_TEXTS.token_provisional.happened)
      return objects('token', 'token_provisional', { message, evidenceAt })
    }
    case 'confirmed': {
      const message = alsoShared('The token is confirmed.')
      return sharedWith.length === 0
        ? passes('token', message, evidenceAt)
        : objects('token', 'token_shared', { message, evidenceAt })
    }
  }
}

function otherSessions(sessions: readonly string[]): string {
  const named = sessions.slice(0, NAMED).map(printable).join(', ')
  const more = sessions.length > NAMED ? ` and ${sessions.length - NAMED} more` : ''
  return sessions.length === 1
    ? `Session ${named} holds it too.`
    : `The sessions ${named}${more} hold it too.`
}
