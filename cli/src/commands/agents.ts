import { AGENTS, type AgentEntry } from '@holdfast/shared/agents/registry'
import { table } from '../table.ts'

/** The agents that Holdfast knows, and where each one's resume token is kept. */
export function agentsText(json: boolean): string {
  if (json) return `${JSON.stringify(AGENTS)}\n`
  const rows = AGENTS.map((agent: AgentEntry) => [
    agent.flavor,
    agent.label,
    agent.tokenField ?? 'keeps no token',
    agent.pairedField ?? '',
  ])
  return table([['agent', 'name', 'resume token in', 'goes with'], ...rows])
}
