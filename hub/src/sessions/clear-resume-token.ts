import { agentOf, AGENTS } from '@holdfast/shared/agents/registry'
import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { damagedMessage, type FieldChange } from '@holdfast/shared/metadata/merge'
import { SMALL, type PatchAnswer, type WriteRule } from './decision.ts'
import { mismatch } from './patch-session-metadata.ts'
import { heldFields, planWrite, valueOf } from './plan.ts'

export interface ClearRequest {
  readonly flavor: string
  /** The value that the caller means to give up; another one there is a mismatch. */
  readonly expectedToken?: string | undefined
}

/** Gives up a resume token on purpose, and what is paired with it. Its value stays in the token history. */
export const clearResumeToken: WriteRule<ClearRequest, PatchAnswer> = {
  check: ({ flavor }) => (tokenAndPair(flavor).length === 0 ? unknownFlavor(flavor) : SMALL),

  touches: ({ flavor }) => tokenAndPair(flavor),

  decide({ flavor, expectedToken }, { head, rows }, context) {
    const [tokenField, ...paired] = tokenAndPair(flavor)
    if (tokenField === undefined) return unknownFlavor(flavor)
    const held = heldFields(rows)
    const token = held.get(tokenField)
    if (token !== undefined && 'damaged' in token) {
      return refuse('field_damaged', damagedMessage(tokenField), { field: tokenField })
    }
    if (expectedToken !== undefined && token?.value !== expectedToken)
      return mismatch(head.version, [tokenField], held)
    const changes = [tokenField, ...paired]
      .filter((name) => valueOf(held.get(name)) !== undefined)
      .map((name): FieldChange => ({ name, after: undefined, cause: 'clear' }))
    const changed = changes.map((change) => change.name)
    const answer = {
      kind: 'written',
      changed,
      kept: head.protected.filter((name) => !changed.includes(name)),
    } as const
    if (changes.length === 0)
      return { kind: 'decided', plan: null, answer: { ...answer, version: head.version } }
    const plan = planWrite({ op: 'clear', head, rows, held, changes, context })
    if (plan.kind === 'refused') return plan
    return { kind: 'decided', plan, answer: { ...answer, version: plan.head.version } }
  },
}

/** The token's field and its paired one; empty for a flavor that is unknown or keeps no token. */
export function tokenAndPair(flavor: string): readonly string[] {
  const agent = agentOf(flavor)
  if (agent === undefined || agent.tokenField === null) return []
  return agent.pairedField === null ? [agent.tokenField] : [agent.tokenField, agent.pairedField]
}

export function unknownFlavor(flavor: string) {
  const known = AGENTS.filter((agent) => agent.tokenField !== null).map((agent) => agent.flavor)
  const message = `The agent "${flavor.slice(0, 40)}" keeps no resume token here. Known are: ${known.join(', ')}.`
  return refuse('unknown_flavor', message, { field: 'flavor' })
}
