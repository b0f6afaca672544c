import { AGENTS, type AgentEntry } from '@holdfast/shared/agents/registry'

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

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (max, row) => row.map((cell, at) => Math.max(max[at] ?? 0, cell.length)),
    [],
  )
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
