import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { mergeReplace, type RefusedField } from '@holdfast/shared/metadata/merge'
import { planWrite } from './plan.ts'
import type { SessionHead, WriteContext, WritePlan } from './write.ts'

const UNBORN: SessionHead = {
  version: 0,
  horizon: 0,
  prunedTo: 0,
  // Each field counts a comma, and the first has none: an empty document is one byte short of its two brackets.
  bytes: 1,
  keys: 0,
  protected: [],
  updatedAt: 0,
  seq: 0,
}

export interface Birth {
  readonly plan: WritePlan
  readonly refused: readonly RefusedField[]
}

/** The first write of a session: version 1, journal entry 1, by the same merge as every other. */
export function createSession(metadata: JsonObject, context: WriteContext): Birth | Refusal {
  const { changes, refused } = mergeReplace(new Map(), metadata, () => true)
  const plan = planWrite({ op: 'create', head: UNBORN, rows: new Map(), held: new Map(), changes, context })
  return plan.kind === 'refused' ? plan : { plan, refused }
}
