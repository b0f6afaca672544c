import { refuse } from '@holdfast/shared/errors/holdfast-error'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { mergePatch } from '@holdfast/shared/metadata/merge'
import type { Hold } from '@holdfast/shared/resume/facts'
import { tokenAndPair, unknownFlavor } from './clear-resume-token.ts'
import type { PatchAnswer, WriteRule } from './decision.ts'
import { checkLimits, fieldsToSee, heldFields, planWrite } from './plan.ts'

export interface RebindRequest {
  readonly flavor: string
  readonly token: string
  readonly machineId: string
  readonly runtimeId: string | null
  /** What the token history says was paired with it; nothing where it never was this session's. */
  readonly paired: string | null | undefined
  /** A live run of the session, or of the conversation. */
  readonly hold: Hold | null
}

/** Makes a token the session's, and its machine the one where the session is resumed. The session may never have had it. */
export const rebindToken: WriteRule<RebindRequest, PatchAnswer> = {
  check(request) {
    if (tokenAndPair(request.flavor).length === 0) return unknownFlavor(request.flavor)
    return checkLimits({ ...patchOf(request), runtimeId: request.runtimeId }, LIMITS.patchBytes)
  },

  touches: (request) => fieldsToSee(Object.keys(patchOf(request))),

  decide(request, { head, rows }, context) {
    if (request.hold !== null) {
      const message = 'A run is in this conversation. Wait for its end, or stop it, and try again.'
      return refuse('run_in_progress', message)
    }
    const held = heldFields(rows)
    const patch = patchOf(request)
    const merged = mergePatch(held, patch)
    if (merged.kind === 'refused') return merged
    const { changes } = merged
    const changed = changes.map((change) => change.name)
    const kept = head.protected.filter((name) => !Object.hasOwn(patch, name) && !changed.includes(name))
    const answer = { kind: 'written', changed, kept } as const
    if (changes.length === 0)
      return { kind: 'decided', plan: null, answer: { ...answer, version: head.version } }
    const plan = planWrite({ op: 'rebind', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: { ...answer, version: plan.head.version } }
  },
}

function patchOf({ flavor, token, machineId, paired }: RebindRequest): JsonObject {
  const [tokenField, pairedField] = tokenAndPair(flavor)
  const patch: { [name: string]: Json } = { flavor, machineId }
  if (tokenField !== undefined) patch[tokenField] = token
  if (pairedField !== undefined && typeof paired === 'string') patch[pairedField] = paired
  return patch
}
