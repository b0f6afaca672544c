import { agentOfTokenField } from '@holdfast/shared/agents/registry'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ReplaceAnswer, VersionMismatch } from '../../sessions/decision.ts'
import type { CreatedSession, FieldsWritten } from '../store.ts'

export type WriteAnswer = FieldsWritten | ReplaceAnswer | VersionMismatch | Refusal

/** What became of the writes of sessions since the start. */
export class WriteCounts {
  readonly outcomes = { written: 0, unchanged: 0, replayed: 0, conflict: 0, refused: 0, failed: 0 }
  rebased = 0
  tokensCarried = 0

  note(answer: WriteAnswer): void {
    const { outcomes } = this
    if (answer.kind === 'refused') outcomes.refused += 1
    else if (answer.kind === 'version-mismatch') outcomes.conflict += 1
    // It was noted when it took effect.
    else if ('replayed' in answer) outcomes.replayed += 1
    else this.#noteMerge(answer)
  }

  /** A session that was there already was read, not written. */
  noteBirth(answer: CreatedSession | Refusal): void {
    if (answer.kind === 'refused') this.outcomes.refused += 1
    else if (answer.created) this.outcomes.written += 1
  }

  #noteMerge(answer: FieldsWritten | ReplaceAnswer): void {
    this.outcomes[answer.changed.length === 0 ? 'unchanged' : 'written'] += 1
    if ('rebasedFrom' in answer) this.rebased += 1
    // A patch leaves out what it does not change; only a whole blob would have lost it.
    if (!('metadata' in answer)) return
    for (const field of answer.kept) if (agentOfTokenField(field) !== undefined) this.tokensCarried += 1
  }
}
