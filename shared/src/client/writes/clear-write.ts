import { HoldfastError } from '../../errors/holdfast-error.ts'
import { clearResumeTokenRequest } from '../../protocol/up/clear-resume-token.ts'
import { clearChanges, tokenFields } from '../clear-changes.ts'
import { readFieldsAck } from './answer.ts'
import { checkedPayload } from './checked-payload.ts'
import { ACK_MS, type Write } from './write.ts'

const BYTES = 1024

export interface ClearWriteParts {
  readonly sid: string
  readonly flavor: string
  readonly reason: string
  readonly expectedToken: string | undefined
  readonly mutationId: string
}

/** Gives up a resume token on purpose. Where another token is there than the one that was meant, it ends: that one stays. */
export function clearWrite({ sid, flavor, reason, expectedToken, mutationId }: ClearWriteParts): Write {
  const payload = checkedPayload('clear-resume-token', clearResumeTokenRequest, {
    sid,
    flavor,
    reason,
    mutationId,
    expectedToken,
  })
  return {
    touches: new Set(tokenFields(flavor)),
    bytes: BYTES,
    changesOn: (fields) => clearChanges(fields, { flavor, expectedToken }),
    next: () => (link) => link.ask('clear-resume-token', payload, ACK_MS),
    answerIn: readFieldsAck,
    mismatched: () =>
      new HoldfastError(
        'version_mismatch',
        `The resume token of ${flavor} is not the one that was to be cleared; it stays. Read the session again.`,
      ),
  }
}
