import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { damagedMessage, type FieldChange } from '@holdfast/shared/metadata/merge'
import { SMALL, type PatchAnswer, type WriteRule } from './decision.ts'
import { tokenAndPair, unknownFlavor } from './clear-resume-token.ts'
import { heldFields, planWrite, valueOf } from './plan.ts'

export interface PutBackRequest {
  readonly flavor: string
  readonly value: string
  /** What the token history says was paired with it; null for nothing, undefined where it never was this session's. */
  readonly paired: string | null | undefined
}

/** Makes an earlier token the session's token again, together with what was paired with it then. */
export const putBackToken: WriteRule<PutBackRequest, PatchAnswer> = {
  check: ({ flavor }) => (tokenAndPair(flavor).length === 0 ? unknownFlavor(flavor) : SMALL),

  touches: ({ flavor }) => [...tokenAndPair(flavor), 'machineId'],

  decide({ flavor, value, paired }, { head, rows }, context) {
    const [tokenField, pairedField] = tokenAndPair(flavor)
    if (tokenField === undefined) return unknownFlavor(flavor)
    if (paired === undefined) {
      return refuse(
        'token_not_found',
        `This session never had that ${flavor} token; see its token history.`,
        { field: tokenField },
      )
    }
    const held = heldFields(rows)
    const wanted: [string, string | undefined][] = [[tokenField, value]]
    if (pairedField !== undefined) wanted.push([pairedField, paired ?? undefined])
    const damaged = wanted.find(([name]) => 'damaged' in (held.get(name) ?? {}))
    if (damaged !== undefined)
      return refuse('field_damaged', damagedMessage(damaged[0]), { field: damaged[0] })
    const changes = wanted
      .filter(([name, after]) => valueOf(held.get(name)) !== after)
      .map(([name, after]): FieldChange => ({ name, after, cause: after === undefined ? 'pair' : 'set' }))
    const changed = changes.map((change) => change.name)
    const answer = {
      kind: 'written',
      changed,
      kept: head.protected.filter((name) => !wanted.some(([other]) => other === name)),
    } as const
    if (changes.length === 0)
      return { kind: 'decided', plan: null, answer: { ...answer, version: head.version } }
    const plan = planWrite({ op: 'put-back', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: { ...answer, version: plan.head.version } }
  },
}
