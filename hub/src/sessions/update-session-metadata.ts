import type { JsonObject } from '@holdfast/shared/metadata/json'
import { mergeReplace } from '@holdfast/shared/metadata/merge'
import type { ReplaceAnswer, WriteRule } from './decision.ts'
import { documentAfter, heldFields, checkMetadata, planWrite } from './plan.ts'
import { shownToReleasedClient } from './shown-to-released-client.ts'

export interface ReplaceRequest {
  readonly expectedVersion: number
  readonly metadata: unknown
}

/**
 * A released client's whole blob. Select every field, check the version, merge so that what the blob leaves out of the
 * protected fields is carried forward, update: one transaction, so nobody sees or loses a step between.
 */
export const updateSessionMetadata: WriteRule<ReplaceRequest, ReplaceAnswer> = {
  check: ({ metadata }) => checkMetadata(metadata),

  touches: () => 'all',

  decide(request, { head, rows }, context) {
    const held = heldFields(rows)
    if (request.expectedVersion !== head.version) {
      return { kind: 'version-mismatch', version: head.version, current: documentAfter(held, []) }
    }
    const blob = request.metadata as JsonObject
    const { changes, kept, refused } = mergeReplace(held, blob, shownToReleasedClient(held))
    const metadata = documentAfter(held, changes)
    const answer = {
      kind: 'written',
      metadata,
      changed: changes.map((change) => change.name),
      kept,
      refused,
    } as const
    if (changes.length === 0)
      return { kind: 'decided', plan: null, answer: { ...answer, version: head.version } }
    const plan = planWrite({ op: 'replace', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: { ...answer, version: plan.head.version } }
  },
}
