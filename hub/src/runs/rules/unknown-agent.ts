import { AGENTS } from '@holdfast/shared/agents/registry'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'

/** An agent that is not known is never taken for another. */
export function unknownAgent(flavor: string): Refusal {
  const known = AGENTS.map((agent) => agent.flavor).join(', ')
  const message = `Holdfast does not know the agent "${flavor.slice(0, 40)}". Known are: ${known}.`
  return refuse('unknown_flavor', message, { field: 'flavor' })
}
